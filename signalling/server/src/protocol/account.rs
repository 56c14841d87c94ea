//! JSON bodies of the HTTP API about one's own account, under `/api/v1/me`.
//!
//! Written by `http::own_account`, generated to TypeScript and OpenAPI. Shapes only.

use super::api::Person;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// Answer of `GET /me/profile`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Profile {
    pub person: Person,
    #[ts(type = "number")]
    pub password_set_ms: i64,
    /// When the password must be renewed; `null` when never.
    #[ts(type = "number | null")]
    pub password_ends_ms: Option<i64>,
    /// Fewest characters of a new password.
    pub password_least: u32,
    pub second_factor: SecondFactorState,
}

/// How the second factor stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct SecondFactorState {
    /// A code is asked for at every sign-in.
    pub on: bool,
    /// The role may not do without.
    pub required: bool,
    /// Recovery codes that are left.
    pub recovery_codes: u32,
}

/// Body of `POST /me/password`.
#[derive(Clone, Serialize, Deserialize, TS, ToSchema)]
pub struct PasswordChange {
    /// May be empty right after signing in with a one-time code.
    pub current: String,
    pub new: String,
}

/// Body of what asks for the password once more.
#[derive(Clone, Serialize, Deserialize, TS, ToSchema)]
pub struct PasswordAgain {
    pub password: String,
}

/// Answer of `POST /me/second-factor`: told this once.
#[derive(Clone, Serialize, Deserialize, TS, ToSchema)]
pub struct SecondFactorBegun {
    /// To be typed into the app when its camera cannot be used.
    pub secret: String,
    /// What the QR code says.
    pub address: String,
    /// Modules along one edge of the QR code.
    pub qr_size: u32,
    /// The dark modules as an SVG path, one unit each.
    pub qr_path: String,
}

/// Body of `POST /me/second-factor/confirm`.
#[derive(Clone, Serialize, Deserialize, TS, ToSchema)]
pub struct SecondFactorCode {
    pub code: String,
}

/// Answer of `POST /me/second-factor/confirm` and `…/recovery-codes`: told this once.
#[derive(Clone, Serialize, Deserialize, TS, ToSchema)]
pub struct RecoveryCodes {
    pub codes: Vec<String>,
}

/// One line of `GET /me/sessions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct SessionSummary {
    /// Name for `DELETE /me/sessions/ID`.
    pub id: String,
    #[ts(type = "number")]
    pub created_ms: i64,
    #[ts(type = "number")]
    pub seen_ms: i64,
    /// Where the sign-in came from.
    pub address: String,
    /// What the browser called itself.
    pub agent: String,
    /// The session of this request.
    pub current: bool,
}

/// Answer of `DELETE /me/sessions`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct SessionsEnded {
    pub ended: u32,
}

/// Answer of `GET /me/session`: how long this session lives when nobody does anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct SessionLife {
    pub left_s: u32,
    /// What `left_s` is after somebody did something.
    pub idle_s: u32,
}
