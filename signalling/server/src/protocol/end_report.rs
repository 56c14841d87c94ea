//! JSON of the end report: who was there, who spoke, what the agenda took, what went wrong.
//!
//! Written by `http::reports` from the journal, generated to TypeScript and OpenAPI. Shapes only.

use conference::Role;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// Answer of `GET /conferences/ID/reports/end.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct EndReport {
    pub title: String,
    pub label: String,
    /// When the first participant came.
    #[ts(type = "number | null")]
    pub opened_ms: Option<i64>,
    /// When it was ended for all.
    #[ts(type = "number | null")]
    pub ended_ms: Option<i64>,
    pub people: Vec<ReportPerson>,
    pub sites: Vec<ReportSite>,
    pub floor: Vec<ReportTurn>,
    pub agenda: Vec<ReportItem>,
    pub incidents: Vec<ReportIncident>,
    pub acts: Vec<ReportAct>,
}

/// One stay of one participant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct ReportPerson {
    pub name: String,
    pub unit: String,
    /// Name of the site; empty without one.
    pub site: String,
    #[schema(value_type = String)]
    pub role: Role,
    #[ts(type = "number")]
    pub came_ms: i64,
    #[ts(type = "number | null")]
    pub left_ms: Option<i64>,
    #[ts(type = "number")]
    pub present_ms: u64,
    /// Times that the connection broke.
    #[ts(type = "number")]
    pub breaks: u64,
    #[ts(type = "number")]
    pub turns: u64,
    #[ts(type = "number")]
    pub spoke_ms: u64,
}

/// One invited site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct ReportSite {
    pub id: String,
    pub name: String,
    /// How long somebody stood for it.
    #[ts(type = "number")]
    pub present_ms: u64,
    /// Result of the roll call: `present`, `no_sound`, `no_picture`, `absent`; empty when not called.
    pub result: String,
}

/// One turn to speak.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct ReportTurn {
    #[ts(type = "number")]
    pub at_ms: i64,
    pub name: String,
    pub site: String,
    #[ts(type = "number")]
    pub spoke_ms: u64,
}

/// One item of the agenda.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct ReportItem {
    pub title: String,
    pub planned_minutes: u32,
    #[ts(type = "number | null")]
    pub opened_ms: Option<i64>,
    #[ts(type = "number | null")]
    pub closed_ms: Option<i64>,
    #[ts(type = "number")]
    pub took_ms: u64,
}

/// Something that went wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct ReportIncident {
    #[ts(type = "number")]
    pub at_ms: i64,
    /// `connection_lost`, `came_back`, `gone_for_good`, `removed`, `chair_missing`, `deputy_leads`, `floor_lost`.
    pub what: String,
    pub who: String,
    /// Milliseconds it lasted, where that is known.
    #[ts(type = "number | null")]
    pub lasted_ms: Option<u64>,
}

/// Something that somebody who leads did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct ReportAct {
    #[ts(type = "number")]
    pub at_ms: i64,
    /// Name of who did it; empty for an act from outside by somebody who is not named in it.
    pub by: String,
    /// Word of the act, e.g. `floor_granted`, `all_muted`, `locked`.
    pub what: String,
    /// On whom or what; may be empty.
    pub on: String,
}
