//! What kind of meeting it is, and how secret.
//!
//! Part of the settings. The highest label forbids recording, whoever asks (Law on the protection of
//! state secrets): the recorder asks [`may_record`] before it begins and whenever the state changes.

use crate::{Refusal, State};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How a meeting is run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum MeetingKind {
    #[default]
    Normal,
    /// Listeners see the stage only.
    Lecture,
    /// Questions come first (chất vấn).
    Questioning,
}

/// How secret a meeting is, lowest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Secrecy {
    /// Công khai.
    #[default]
    Public,
    /// Nội bộ.
    Internal,
    /// Hạn chế.
    Restricted,
    /// Bí mật nhà nước.
    StateSecret,
}

/// May this meeting be recorded at all?
///
/// # Errors
/// [`Refusal::TooSecret`].
pub const fn may_record(state: &State) -> Result<(), Refusal> {
    match state.settings().secrecy {
        Secrecy::StateSecret => Err(Refusal::TooSecret),
        Secrecy::Public | Secrecy::Internal | Secrecy::Restricted => Ok(()),
    }
}
