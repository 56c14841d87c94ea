//! Roles, acts and the one permission table.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a person is in a conference (and, for the last four, in the system).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Chair,
    Secretary,
    Delegate,
    Listener,
    SiteOperator,
    DutyOperator,
    Clerk,
    UnitAdministrator,
    Administrator,
}

/// Something that a role may or may not do in a conference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    Join,
    /// Pass the waiting room and the lock without waiting.
    EnterDirectly,
    SendSound,
    SendPicture,
    ShareScreen,
    Chat,
    RaiseHand,
    /// Lower somebody else's hand.
    LowerHands,
    /// Mute one or all.
    Mute,
    Admit,
    Remove,
    Lock,
    EndForAll,
}

/// May `role` do `act`? The one table of docs/protocol.md.
#[must_use]
pub const fn may(role: Role, act: Act) -> bool {
    use Act::*;
    match role {
        Role::Chair | Role::Secretary => true,
        Role::DutyOperator => !matches!(act, EndForAll),
        Role::Delegate | Role::SiteOperator => {
            matches!(act, Join | SendSound | SendPicture | ShareScreen | Chat | RaiseHand)
        }
        Role::Listener | Role::Clerk | Role::UnitAdministrator | Role::Administrator => {
            matches!(act, Join | Chat | RaiseHand)
        }
    }
}
