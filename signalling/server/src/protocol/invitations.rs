//! JSON bodies of invitations, answers, the mail outbox and the calendar feed.
//!
//! Written by `http::invitations`, `http::answers` and `http::calendar`, generated to TypeScript and
//! OpenAPI. Shapes only; the rules stand in `invitations`.

use super::meetings::MeetingState;
use conference::Role;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// What somebody is invited as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvitedRole {
    Chair,
    /// A delegate who leads while no chair is there.
    Deputy,
    Secretary,
    Delegate,
    Listener,
    SiteOperator,
    DutyOperator,
}

impl InvitedRole {
    /// The role inside the meeting.
    #[must_use]
    pub const fn role(self) -> Role {
        match self {
            Self::Chair => Role::Chair,
            Self::Deputy | Self::Delegate => Role::Delegate,
            Self::Secretary => Role::Secretary,
            Self::Listener => Role::Listener,
            Self::SiteOperator => Role::SiteOperator,
            Self::DutyOperator => Role::DutyOperator,
        }
    }
}

/// How an invitation was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvitationAnswer {
    Waiting,
    Yes,
    No,
    /// Somebody else comes instead (ủy quyền).
    Delegated,
}

/// Somebody to invite: an account by `user` or `person`, or anybody by `email`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct InvitedPerson {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub user: Option<String>,
    /// Number of the person, as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub person: Option<String>,
    /// May stand beside an account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub email: Option<String>,
    /// At most 120 characters; an account's own name counts.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[ts(optional, as = "Option<String>")]
    pub name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[ts(optional, as = "Option<String>")]
    pub unit: String,
    pub role: InvitedRole,
}

/// Body of `POST /conferences/ID/invitations`.
#[derive(Clone, Debug, Serialize, Deserialize, TS, ToSchema)]
pub struct InvitePeople {
    pub people: Vec<InvitedPerson>,
}

/// Body of `PATCH /conferences/ID/invitations/INVITATION`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, TS, ToSchema)]
pub struct InvitationChange {
    pub role: InvitedRole,
}

/// How something that leaves the system stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// To be tried, or tried again.
    Waiting,
    Sent,
    /// The other side has said no for good.
    Refused,
    /// Tried as often as is worth it.
    GivenUp,
    /// No mail server is set; goes out once there is one, while it still matters.
    NoServer,
}

/// What a mail is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MailKind {
    Invitation,
    Change,
    Cancellation,
    Reminder,
}

/// The newest mail of an invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct NewestMail {
    pub kind: MailKind,
    pub state: DeliveryState,
    /// What the mail server said last; may be empty.
    pub said: String,
    #[ts(type = "number")]
    pub at_ms: i64,
}

/// One invitation as who plans the meeting sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Invitation {
    pub id: String,
    /// Number of the account's holder; absent for people without an account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub person: Option<String>,
    /// Login name; empty without an account.
    pub user: String,
    pub name: String,
    pub unit: String,
    /// Empty when none is known.
    pub email: String,
    pub role: InvitedRole,
    pub answer: InvitationAnswer,
    pub reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub answered_ms: Option<i64>,
    /// The invitation in whose place this one stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub delegate_of: Option<String>,
    /// The newest mail, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub mail: Option<NewestMail>,
}

/// Body of `POST /conferences/ID/invitations/send`: to everybody who was sent none, unless it says whom.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS, ToSchema)]
#[serde(default)]
pub struct SendInvitations {
    /// These invitations, again if need be.
    #[ts(optional, as = "Option<Vec<String>>")]
    pub only: Vec<String>,
    /// Everybody who has not answered, again.
    #[ts(optional, as = "Option<bool>")]
    pub unanswered: bool,
}

/// Answer of `POST /conferences/ID/invitations/send`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct SentInvitations {
    pub queued: u32,
    /// No address is known of so many.
    pub without_address: u32,
    /// No mail server is set: they are kept.
    pub no_server: bool,
}

/// What is wrong with a line of a file of people to invite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvitedLineProblem {
    NoName,
    BadEmail,
    BadRole,
    NoSuchUser,
    /// The same address or account stood above.
    Twice,
    TooLong,
    /// A name or unit that begins like a formula of a table.
    Formula,
}

/// A line that is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct InvitedLine {
    /// Of the file, from 1.
    pub line: u32,
    pub problem: InvitedLineProblem,
}

/// Answer of `POST /conferences/ID/invitations/import`: nothing is kept of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct InvitedFile {
    pub people: Vec<InvitedPerson>,
    pub problems: Vec<InvitedLine>,
}

/// Who comes instead: an account, or anybody by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(default)]
#[ts(optional_fields)]
pub struct Delegate {
    pub user: Option<String>,
    pub person: Option<String>,
    pub email: Option<String>,
    pub name: Option<String>,
    pub unit: Option<String>,
}

/// Body of `PUT /conferences/ID/answer` and `POST /answers/TOKEN`.
#[derive(Clone, Debug, Serialize, Deserialize, TS, ToSchema)]
pub struct GivenAnswer {
    /// `yes`, `no` or `delegated`.
    pub answer: InvitationAnswer,
    /// Needed for `no`; at most 500 characters.
    #[serde(default)]
    #[ts(optional, as = "Option<String>")]
    pub reason: String,
    /// Needed for `delegated`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub delegate: Option<Delegate>,
}

/// An invitation as its link shows it, without a sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct InvitationShown {
    pub conference: String,
    pub title: String,
    pub label: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub starts_ms: Option<i64>,
    pub minutes: u32,
    pub state: MeetingState,
    pub cancel_reason: String,
    /// Name of who is invited as chair; may be empty.
    pub chair: String,
    pub name: String,
    pub unit: String,
    pub role: InvitedRole,
    pub answer: InvitationAnswer,
    pub reason: String,
    /// Name of who comes instead; empty when nobody does.
    pub delegate: String,
}

/// Answer of `POST /answers/TOKEN/enter`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Entrance {
    pub conference: String,
}

/// One mail of `GET /outbox`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct OutboxLine {
    pub id: String,
    pub conference: String,
    pub title: String,
    pub to: String,
    pub name: String,
    pub kind: MailKind,
    pub state: DeliveryState,
    pub attempts: u32,
    /// When it is tried next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub next_ms: Option<i64>,
    /// When it was last touched.
    #[ts(type = "number")]
    pub at_ms: i64,
    /// What the mail server said last, in its words; may be empty.
    pub said: String,
}

/// Answer of `GET /mail`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct MailServerState {
    pub configured: bool,
    /// The address mails come from; empty when no server is set.
    pub from: String,
}

/// Answer of `GET /me/calendar`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct CalendarState {
    pub active: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub made_ms: Option<i64>,
}

/// Answer of `POST /me/calendar`: told this once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct CalendarAddress {
    /// Path and key, to be put behind the server's name.
    pub address: String,
}

/// Body and answer of `/me/email`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct OwnEmail {
    /// Empty when none is known, or to forget it.
    pub email: String,
}

/// One line of `GET /people`: somebody who can be invited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct PersonFound {
    pub person: String,
    pub user: String,
    pub name: String,
    pub unit: String,
    #[schema(value_type = String)]
    pub role: Role,
    pub email: String,
}
