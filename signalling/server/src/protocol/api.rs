//! JSON bodies of the HTTP API under `/api/v1`, errors included.
//!
//! Written by the handlers in `http`, generated to TypeScript for the web client and to OpenAPI.
//! Shapes only: which status an error has is decided in `http/error.rs` and nowhere else.

use super::invitations::InvitedPerson;
use super::meetings::{Conflict, MeetingState, PlannedItem, SeriesRule};
use crate::auth::Duty;
use crate::auth::rules::PasswordRule;
use crate::people::FileProblem;
use conference::role::Role;
use conference::{MeetingKind, Secrecy};
use media_control::ConferenceId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

pub use super::check::{
    CheckAnswer, CheckClock, CheckGrade, CheckLeg, CheckLine, CheckReceipt, CheckReport, CheckStep,
    CheckUploaded,
};

/// Somebody who is signed in or came by a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Person {
    /// Number of the person in the store, as text.
    pub id: String,
    /// Login name; empty for guests and bearers of a token.
    pub user: String,
    /// Display name, NFC.
    pub name: String,
    /// Unit or site line under the name; may be empty.
    pub unit: String,
    #[schema(value_type = String, example = "delegate")]
    pub role: Role,
    /// Came by link, without an account: valid for one conference only.
    pub guest: bool,
    /// What must be done before anything else; left out when nothing must.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub duty: Option<Duty>,
}

/// Answer of `GET /authority`: the local certificate authority, for people who install its root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Authority {
    /// Name under which the systems list it.
    pub name: String,
    /// Fingerprint of the root, `AB:CD:…`.
    pub sha256: String,
    #[ts(type = "number")]
    pub expires_at_ms: i64,
}

/// Body of `POST /auth/login`.
#[derive(Clone, Serialize, Deserialize, TS, ToSchema)]
pub struct Login {
    pub user: String,
    /// Password, or the one-time code of a new account.
    pub password: String,
    /// Code of the second factor, or a recovery code; once it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub code: Option<String>,
}

/// Body of `POST /auth/token`: a token made by `diemcau token`.
#[derive(Clone, Debug, Serialize, Deserialize, TS, ToSchema)]
pub struct TokenLogin {
    pub token: String,
}

/// One line of `GET /conferences`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct ConferenceSummary {
    #[schema(value_type = String, example = "demo")]
    pub id: ConferenceId,
    pub title: String,
    /// Secrecy label; empty when none.
    pub label: String,
    /// Somebody may join now.
    pub open: bool,
    /// People in it now.
    pub participants: u32,
    /// What the caller is in it.
    #[schema(value_type = String, example = "chair")]
    pub role: Role,
    /// When the door opens to everybody, ms since 1970-01-01 UTC, perhaps past; absent when no time
    /// was set or somebody has opened it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub opens_ms: Option<i64>,
    /// When it is meant to begin; absent for one without a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub starts_ms: Option<i64>,
    /// Always sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub state: Option<MeetingState>,
}

/// Body of `POST /conferences`.
#[derive(Clone, Debug, Serialize, Deserialize, TS, ToSchema)]
pub struct NewConference {
    /// Name in the link; the server makes one when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[schema(value_type = Option<String>)]
    pub id: Option<String>,
    /// 1–200 characters.
    pub title: String,
    /// At most 60 characters.
    #[serde(default)]
    #[ts(optional, as = "Option<String>")]
    pub label: String,
    #[serde(default)]
    #[ts(optional, as = "Option<bool>")]
    pub waiting_room: bool,
    /// Whether people without an account may come by the link.
    #[serde(default)]
    #[ts(optional, as = "Option<bool>")]
    pub guests: bool,
    /// When the door opens to everybody, ms since 1970-01-01 UTC, at most 400 days ahead; at once
    /// when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub opens_ms: Option<i64>,
    /// Ids of the invited sites; the roll is called in the order of their tree.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub sites: Vec<String>,
    /// `normal`, `lecture` or `questioning`.
    #[serde(default)]
    #[ts(optional, as = "Option<MeetingKind>")]
    #[schema(value_type = Option<String>, example = "normal")]
    pub kind: MeetingKind,
    /// `public`, `internal`, `restricted` or `state_secret`; the last one forbids recording.
    #[serde(default)]
    #[ts(optional, as = "Option<Secrecy>")]
    #[schema(value_type = Option<String>, example = "internal")]
    pub secrecy: Secrecy,
    /// When it begins, ms since 1970-01-01 UTC; without it the meeting stands in no calendar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub starts_ms: Option<i64>,
    /// How long it is planned to last, 1–1440; 60 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub minutes: Option<u32>,
    /// At most 2000 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[ts(optional, as = "Option<String>")]
    pub note: String,
    /// At most 100 items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<PlannedItem>>")]
    pub agenda: Vec<PlannedItem>,
    /// Ids of sites, each of which brings itself and every site below it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub trees: Vec<String>,
    /// Sectors, each of which brings all of its sites.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub sectors: Vec<String>,
    /// At most 1000.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<InvitedPerson>>")]
    pub people: Vec<InvitedPerson>,
    /// Makes one meeting for each of its times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub series: Option<SeriesRule>,
    /// Template that fills what is left out here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub template: Option<String>,
    /// Sends the invitations at once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub invite: bool,
}

/// Answer of `POST /conferences`.
#[derive(Clone, Debug, Serialize, Deserialize, TS, ToSchema)]
pub struct ConferenceCreated {
    #[schema(value_type = String, example = "hop-giao-ban")]
    pub id: ConferenceId,
    /// Of a series all of them, in order of time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub ids: Vec<String>,
    /// Sites and people that are invited elsewhere at the same time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<Conflict>>")]
    pub conflicts: Vec<Conflict>,
}

/// What stands at the door of a conference; public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Lobby {
    #[schema(value_type = String, example = "demo")]
    pub id: ConferenceId,
    pub title: String,
    pub label: String,
    /// Name of the chair; empty when none is known.
    pub chair: String,
    /// Somebody may join now.
    pub open: bool,
    pub locked: bool,
    pub ended: bool,
    pub waiting_room: bool,
    pub guests_allowed: bool,
    pub participants: u32,
    /// Most participants at once.
    pub limit: u32,
    /// Nobody new gets in anywhere: all places of the server are taken.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub server_full: bool,
    /// As in [`ConferenceSummary`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub opens_ms: Option<i64>,
    /// Where the plan stands.
    #[ts(optional, as = "Option<MeetingState>")]
    pub state: MeetingState,
    /// When it is planned to begin; absent when no time was set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub starts_ms: Option<i64>,
    /// How long it is planned to last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub minutes: Option<u32>,
    /// Why it was cancelled; empty unless it was.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[ts(optional, as = "Option<String>")]
    pub cancel_reason: String,
    /// Who the caller would be, `null` when not known yet.
    pub you: Option<Person>,
}

/// Body of `POST /conferences/ID/guest`.
#[derive(Clone, Debug, Serialize, Deserialize, TS, ToSchema)]
pub struct GuestEntry {
    /// 1–80 characters.
    pub name: String,
    /// At most 120 characters.
    #[serde(default)]
    #[ts(optional, as = "Option<String>")]
    pub unit: String,
}

/// One site (điểm cầu) of the tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct SiteSummary {
    pub id: String,
    pub name: String,
    /// `province`, `department`, `district`, `commune`, `education`, `health` …
    pub kind: String,
    /// Site above this one; `null` for a root.
    pub parent: Option<String>,
    /// Sector group that cuts across the tree; `null` when none.
    pub sector: Option<String>,
    /// The name is a sample: no source gave the real one.
    pub sample: bool,
}

/// What has no more room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FullPart {
    Conference,
    Server,
}

/// Every error of the HTTP API: a stable code and facts, never prose.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, TS, ToSchema)]
#[serde(tag = "error", rename_all = "snake_case")]
pub enum ApiError {
    #[error("user and password do not fit")]
    WrongCredentials {},
    /// Too many failures; the same for users that do not exist.
    #[error("account is locked for {retry_s} s")]
    AccountLocked { retry_s: u32 },
    /// The one-time code was right but is too old; an administrator makes another one.
    #[error("the one-time code has expired")]
    InvitationExpired {},
    /// The password was right; ask for the code of the second factor and send all of it again.
    #[error("a code of the second factor is needed")]
    CodeNeeded {},
    #[error("the code of the second factor is not right")]
    WrongCode {},
    /// From outside only with a second factor, which has to be set up inside.
    #[error("sign in from inside and set up a second factor first")]
    InsideOnly {},
    /// Every rule that the new password breaks; `least` is the fewest characters.
    #[error("the password breaks rules")]
    WeakPassword { rules: Vec<PasswordRule>, least: u32 },
    /// Something must be done first, under `/me`.
    #[error("something must be done first")]
    DutyFirst { duty: Duty },
    #[error("a second factor is in use")]
    SecondFactorOn {},
    #[error("no second factor was begun")]
    SecondFactorOff {},
    /// A file cannot be read at all.
    #[error("{file}")]
    BadFile { file: FileProblem },
    /// What is there has changed since the plan was shown: look at it anew.
    #[error("not the plan that was shown")]
    PlanChanged {},
    #[error("nobody is signed in")]
    NotSignedIn {},
    /// The token is expired, foreign or forged.
    #[error("token is not valid")]
    BadToken {},
    #[error("the role may not do this")]
    NotAllowed {},
    /// The request comes from a page of another site.
    #[error("request comes from a foreign origin")]
    ForeignOrigin {},
    #[error("no such conference")]
    NoSuchConference {},
    /// The conference does not invite the site.
    #[error("no such site")]
    NoSuchSite {},
    #[error("no such participant")]
    NoSuchParticipant {},
    /// The meeting does not allow it now; `why` is the word that the WebSocket has for it.
    #[error("not now: {why}")]
    NotNow { why: String },
    #[error("conference exists")]
    ConferenceExists {},
    #[error("guests are not allowed here")]
    GuestsNotAllowed {},
    /// A text field is empty or longer than `limit` characters.
    #[error("{field} must have 1 to {limit} characters")]
    TextLength { field: String, limit: u32 },
    /// A field has a form that is not allowed.
    #[error("{field} has a form that is not allowed")]
    BadField { field: String },
    /// Not JSON of this API; `detail` names the place.
    #[error("malformed: {detail}")]
    Malformed { detail: String },
    #[error("body is larger than {limit} bytes")]
    TooLarge { limit: u32 },
    /// A body of another type than the one that is read here.
    #[error("media type is not taken here")]
    UnsupportedMedia {},
    /// An offer in which nothing can be used; `detail` says what is missing.
    #[error("offer cannot be used: {detail}")]
    BadOffer { detail: String },
    /// The conference lets nobody in now; `why` is the word that the WebSocket has for it.
    #[error("the conference lets nobody in: {why}")]
    KeptOut { why: String },
    /// The `If-Match` names an ICE session that is over.
    #[error("the resource has changed")]
    StaleTag {},
    #[error("an If-Match is needed")]
    TagNeeded {},
    #[error("too many requests, retry in {retry_s} s")]
    TooMany { retry_s: u32 },
    #[error("no such page")]
    NotFound {},
    #[error("method is not allowed here")]
    MethodNotAllowed {},
    /// No more room: `limit` places `of` the conference or the server. `detail` says so in words, for
    /// programs that show an answer as it is.
    #[error("{detail}, retry in {retry_s} s")]
    Full { of: FullPart, limit: u32, retry_s: u32, detail: String },
    /// The composed picture cannot be made now; `why` is `too_many` or `no_encoder`, `detail` says so in words.
    #[error("{detail}, retry in {retry_s} s")]
    NotComposed { why: String, retry_s: u32, detail: String },
    /// The server is at a limit or stopping.
    #[error("busy, retry in {retry_s} s")]
    Busy { retry_s: u32 },
    /// The store or a part of the server failed; it is in the log.
    #[error("server failure")]
    Failure {},
}
