//! JSON bodies of planned meetings: what is asked for, how it stands, what clashes, what comes today.
//!
//! Written by `http::meetings`, generated to TypeScript and OpenAPI. Shapes only; the rules stand in
//! `schedule`. Times are milliseconds since 1970-01-01 UTC.

use super::api::NewConference;
use super::invitations::{InvitationAnswer, InvitedRole};
use conference::{MeetingKind, Role, Secrecy};
use serde::{Deserialize, Deserializer, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// Where a planned meeting stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MeetingState {
    Planned,
    /// Somebody is in it.
    Running,
    /// It was ended for all.
    Ended,
    /// Its time is over and nobody is in it.
    Passed,
    Cancelled,
}

/// One item of the agenda as planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct PlannedItem {
    /// 1–300 characters.
    pub title: String,
    /// At most 300 characters.
    #[serde(default)]
    pub speakers: String,
    /// 0–1440; 0 when no time is planned.
    #[serde(default)]
    pub minutes: u32,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Weekday {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

/// When the meetings of a series are, by the calendar of Việt Nam. `until_ms` or `count` ends it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(tag = "every", rename_all = "snake_case")]
pub enum SeriesRule {
    Week {
        /// Every so many weeks, 1–12.
        weeks: u32,
        /// The weekday of the first meeting when left out.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[ts(optional, as = "Option<Vec<Weekday>>")]
        days: Vec<Weekday>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional, type = "number")]
        until_ms: Option<i64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        count: Option<u32>,
    },
    Month {
        /// Every so many months, 1–12.
        months: u32,
        /// 1–4, or -1 for the last one of the month.
        week: i8,
        day: Weekday,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional, type = "number")]
        until_ms: Option<i64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        count: Option<u32>,
    },
}

/// Body of `POST /series/preview`.
#[derive(Clone, Debug, Serialize, Deserialize, TS, ToSchema)]
pub struct SeriesAsked {
    #[ts(type = "number")]
    pub starts_ms: i64,
    pub rule: SeriesRule,
}

/// Answer of `POST /series/preview`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct SeriesShown {
    #[ts(type = "number[]")]
    pub starts_ms: Vec<i64>,
}

/// To which meetings of a series a change applies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeriesScope {
    #[default]
    This,
    /// This one and those after it.
    Following,
}

/// What is invited twice at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConflictKind {
    Site,
    Person,
}

/// A site, or somebody who leads, invited to two meetings at once. A warning, never a refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Conflict {
    pub kind: ConflictKind,
    /// Of the site or person.
    pub id: String,
    pub name: String,
    /// The other meeting.
    pub conference: String,
    pub title: String,
    #[ts(type = "number")]
    pub starts_ms: i64,
    pub minutes: u32,
}

/// Body of `POST /meetings/conflicts`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS, ToSchema)]
pub struct ConflictCheck {
    /// The meeting itself, which does not clash with itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub id: Option<String>,
    #[ts(type = "number")]
    pub starts_ms: i64,
    pub minutes: u32,
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub sites: Vec<String>,
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub trees: Vec<String>,
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub sectors: Vec<String>,
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<super::invitations::InvitedPerson>>")]
    pub people: Vec<super::invitations::InvitedPerson>,
}

/// A site as a plan names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct PlannedSite {
    pub id: String,
    pub name: String,
    /// Name of the site above; empty for a root.
    pub parent: String,
}

/// A planned meeting in full.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct MeetingPlan {
    pub id: String,
    pub title: String,
    pub label: String,
    #[schema(value_type = String)]
    pub kind: MeetingKind,
    #[schema(value_type = String)]
    pub secrecy: Secrecy,
    pub waiting_room: bool,
    pub guests: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub opens_ms: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub starts_ms: Option<i64>,
    pub minutes: u32,
    pub note: String,
    pub state: MeetingState,
    /// Empty unless it was cancelled.
    pub cancel_reason: String,
    pub agenda: Vec<PlannedItem>,
    pub sites: Vec<PlannedSite>,
    /// The series of which it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub series: Option<String>,
    /// Counts up with every change that people are told of.
    pub sequence: u32,
    /// Name of who made it; empty when not known.
    pub created_by: String,
    /// The caller may change it.
    pub may_edit: bool,
}

/// Tells a field that is `null` from one that is left out.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

/// Body of `PATCH /conferences/ID/plan`; what is left out stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS, ToSchema)]
#[serde(default)]
#[ts(optional_fields)]
pub struct PlanChange {
    pub scope: Option<SeriesScope>,
    pub title: Option<String>,
    pub label: Option<String>,
    #[schema(value_type = Option<String>)]
    pub kind: Option<MeetingKind>,
    #[schema(value_type = Option<String>)]
    pub secrecy: Option<Secrecy>,
    pub waiting_room: Option<bool>,
    pub guests: Option<bool>,
    /// `null` takes the time away.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[ts(type = "number | null")]
    #[schema(value_type = Option<i64>)]
    pub opens_ms: Option<Option<i64>>,
    /// With scope `following`, those after it move by the same difference.
    #[ts(type = "number")]
    pub starts_ms: Option<i64>,
    pub minutes: Option<u32>,
    pub note: Option<String>,
    pub agenda: Option<Vec<PlannedItem>>,
    pub sites: Option<Vec<String>>,
    pub trees: Option<Vec<String>>,
    pub sectors: Option<Vec<String>>,
    /// Tell the invited by mail; yes unless `false`.
    pub notify: Option<bool>,
}

/// Answer of `PATCH /conferences/ID/plan`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct PlanChanged {
    pub plan: MeetingPlan,
    /// Every meeting that was changed.
    pub changed: Vec<String>,
    pub conflicts: Vec<Conflict>,
}

/// Body of `POST /conferences/ID/cancel`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS, ToSchema)]
#[serde(default)]
pub struct Cancellation {
    /// At most 500 characters.
    #[ts(optional, as = "Option<String>")]
    pub reason: String,
    #[ts(optional, as = "Option<SeriesScope>")]
    pub scope: SeriesScope,
    /// Tell the invited by mail; yes unless `false`.
    #[ts(optional, as = "Option<bool>")]
    pub notify: Option<bool>,
}

/// Answer of `POST /conferences/ID/cancel`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct CancelledMeetings {
    pub cancelled: Vec<String>,
}

/// Body of `POST /conferences/ID/restore`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS, ToSchema)]
#[serde(default)]
pub struct Restoration {
    /// `following` restores all of its series that were cancelled together with it.
    #[ts(optional, as = "Option<SeriesScope>")]
    pub scope: SeriesScope,
    /// Tell those who were told of the cancellation; yes unless `false`.
    #[ts(optional, as = "Option<bool>")]
    pub notify: Option<bool>,
}

/// Answer of `POST /conferences/ID/restore`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct RestoredMeetings {
    pub restored: Vec<String>,
}

/// One line of `GET /meetings`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct MeetingLine {
    pub id: String,
    pub title: String,
    pub label: String,
    #[schema(value_type = String)]
    pub kind: MeetingKind,
    #[schema(value_type = String)]
    pub secrecy: Secrecy,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub starts_ms: Option<i64>,
    pub minutes: u32,
    pub state: MeetingState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub series: Option<String>,
    /// Invited sites.
    pub sites: u32,
    /// Invited people.
    pub people: u32,
    /// Those of them who have answered.
    pub answered: u32,
    /// People in it now.
    pub participants: u32,
    /// What the caller is in it.
    #[schema(value_type = String)]
    pub role: Role,
    pub may_edit: bool,
}

/// Answer of `GET /meetings`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct MeetingList {
    pub meetings: Vec<MeetingLine>,
    pub total: u32,
    /// From 1.
    pub page: u32,
    pub pages: u32,
}

/// A meeting of the day for one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct TodayMeeting {
    pub id: String,
    pub title: String,
    pub label: String,
    #[schema(value_type = String)]
    pub kind: MeetingKind,
    #[schema(value_type = String)]
    pub secrecy: Secrecy,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub starts_ms: Option<i64>,
    pub minutes: u32,
    pub state: MeetingState,
    /// Empty unless it was cancelled.
    pub cancel_reason: String,
    /// What the caller is in it.
    #[schema(value_type = String)]
    pub role: Role,
    /// As what the caller was invited; absent for who comes with a site or keeps watch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub invited_as: Option<InvitedRole>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub answer: Option<InvitationAnswer>,
    /// The door is open to the caller.
    pub open: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub opens_ms: Option<i64>,
    pub participants: u32,
    /// Name of who is invited as chair, else of who leads now; may be empty.
    pub chair: String,
    /// The caller's own sites that take part.
    pub sites: Vec<PlannedSite>,
}

/// Answer of `GET /today`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Today {
    /// `YYYY-MM-DD` by the calendar of Việt Nam.
    pub day: String,
    pub meetings: Vec<TodayMeeting>,
}

/// A meeting kept to make others from.
#[derive(Clone, Debug, Serialize, Deserialize, TS, ToSchema)]
pub struct MeetingTemplate {
    pub id: String,
    pub name: String,
    #[ts(type = "number")]
    pub created_ms: i64,
    pub meeting: NewConference,
}

/// Body of `POST /templates`: a meeting as given, or as the one `from`.
#[derive(Clone, Debug, Serialize, Deserialize, TS, ToSchema)]
pub struct NewTemplate {
    /// 1–120 characters.
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub meeting: Option<NewConference>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub from: Option<String>,
}
