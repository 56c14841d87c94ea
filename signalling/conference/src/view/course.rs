//! The course of a meeting as it is shown: floor, stage, agenda, sites, roll call, patrol.
//!
//! Wire form, generated to TypeScript; built by `show_course`. Times are ms since 1970-01-01 UTC of the
//! server's clock (`server_time_ms` of the `welcome` tells how far that of the viewer is off).

use crate::SiteId;
use crate::floor::Queue;
use crate::roll_call::{RollCallPhase, SiteResult};
use crate::stage::{Layout, StageOf};
use media_control::ParticipantId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Who speaks and who waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FloorView {
    /// Requests are taken from everybody.
    pub open: bool,
    /// Time of turns to come.
    pub limit_ms: u32,
    pub turn: Option<TurnView>,
    /// Who waits to speak (phát biểu), first one first.
    pub speech: Vec<RequestView>,
    /// Who waits to question (chất vấn).
    pub question: Vec<RequestView>,
}

/// Who has the floor, with the lower third that everybody sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TurnView {
    /// Counts the turns of the conference from 1; send it back as `seen`.
    pub number: u32,
    /// May have left while the turn waits.
    pub participant: ParticipantId,
    /// Who speaks: the name that was given with the grant, else that of the participant.
    pub name: String,
    /// Position; may be empty.
    pub position: String,
    /// Name of the site, else the unit; may be empty.
    pub site: String,
    /// What was asked for; absent when the floor was given without a request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub queue: Option<Queue>,
    pub subject: String,
    #[ts(type = "number")]
    pub since_ms: i64,
    pub limit_ms: u32,
    /// The speaker is away; the turn waits until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub held_until_ms: Option<i64>,
}

/// Somebody who waits for the floor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RequestView {
    pub participant: ParticipantId,
    /// What it is about; may be empty.
    pub subject: String,
    /// Absent when it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub since_ms: Option<i64>,
}

/// How often and how long somebody had the floor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SpokenView {
    pub turns: u32,
    #[ts(type = "number")]
    pub total_ms: u64,
}

/// What is set for all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StageView {
    pub layout: Layout,
    /// Why those are on it.
    pub of: StageOf,
    /// Whose pictures are on the stage, most important first; more may be shown beside them.
    pub pictures: Vec<ParticipantId>,
    /// Who was chosen for it, whoever is on it now.
    pub chosen: Vec<ParticipantId>,
    /// Viewers may look at others as well.
    pub free: bool,
}

/// One item of the agenda.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AgendaItemView {
    pub item: u32,
    pub title: String,
    /// Who presents it; may be empty.
    pub speakers: String,
    pub minutes: u32,
    /// Since when it is open; one item is at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub opened_ms: Option<i64>,
    /// What it took before it was opened last.
    #[ts(type = "number")]
    pub took_ms: u64,
    pub done: bool,
    /// May be empty.
    pub conclusion: String,
}

/// One invited site (điểm cầu). Who stands for it: the participants whose `site` it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SiteView {
    pub id: SiteId,
    pub name: String,
    /// Name of the node above it in the tree; empty for a root.
    pub group: String,
    /// The walk of the roll call has yet to come to it.
    pub due: bool,
    /// What the roll call has found last; absent before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub result: Option<SiteResult>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub marked_ms: Option<i64>,
    pub note: String,
    /// How many people sit there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub people: Option<u32>,
    /// Their names, one a line; may be empty.
    pub names: String,
    /// When it was called because it was absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub called_ms: Option<i64>,
    /// What composed pictures write in place of its name; empty: the name.
    pub caption: String,
}

/// The roll call (điểm danh điểm cầu).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RollCallView {
    pub number: u32,
    pub phase: RollCallPhase,
    #[ts(type = "number")]
    pub started_ms: i64,
    /// Sites of this walk, and how many it has yet to come to, the current one included.
    pub walk: u32,
    pub left: u32,
    /// The site that is called, also while paused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub current: Option<SiteId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub current_since_ms: Option<i64>,
}

/// Sites viewed in turn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PatrolView {
    /// On the stage for all; else only those who may set it are told where the patrol is.
    pub everybody: bool,
    pub stay_ms: u32,
    /// The chosen sites; all that are there when empty.
    pub sites: Vec<SiteId>,
    /// Absent while nobody is there at any of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub site: Option<SiteId>,
    #[ts(type = "number")]
    pub until_ms: i64,
}
