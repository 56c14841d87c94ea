//! Bodies of the HTTP API about the course of a meeting.
//!
//! Written and read by `http::course`. Views of the WebSocket are used as they are.

use super::api::ApiError;
use conference::arranging::{Arrangement, Arrangements};
use conference::floor::{Queue, Target};
use conference::roll_call::{RollCallPhase, SiteResult};
use conference::view::{AgendaItemView, ConferenceView, FloorView, SiteView};
use conference::{MeetingKind, Secrecy, SiteId};
use media_control::{ConferenceId, ParticipantId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// Answer of `GET /conferences/ID`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConferenceDetail {
    #[schema(value_type = String, example = "demo")]
    pub id: ConferenceId,
    pub title: String,
    pub label: String,
    #[schema(value_type = String, example = "normal")]
    pub kind: MeetingKind,
    #[schema(value_type = String, example = "internal")]
    pub secrecy: Secrecy,
    pub locked: bool,
    pub ended: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opens_ms: Option<i64>,
    /// People inside.
    pub participants: u32,
    /// The invited sites in the order in which the roll is called.
    pub sites: Vec<SiteStanding>,
    /// Absent before the first roll call, and for those who may not call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roll_call: Option<RollCallStanding>,
    #[schema(value_type = Object)]
    pub floor: FloorView,
    #[schema(value_type = Vec<Object>)]
    pub agenda: Vec<AgendaItemView>,
}

/// Body of `POST /conferences/ID/picture`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PictureAct {
    /// Ids of invited sites; all who look without any.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub sites: Vec<SiteId>,
    /// `{"tiling":"one_and_three","seats":[{"seat":0,"shows":"site","site":"hn01"},{"seat":1,"shows":"queue"}]}`.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub arrangement: Option<Arrangement>,
}

/// Answer of `POST /conferences/ID/picture`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PicturesStanding {
    #[schema(value_type = Object)]
    pub pictures: Arrangements,
}

/// Body of `POST /conferences/ID/picture/captions/SITE`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CaptionAct {
    /// At most 80 characters; the site's name again without it.
    #[serde(default)]
    pub caption: Option<String>,
}

/// Answer of `POST /conferences/ID/picture/captions/SITE`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CaptionStanding {
    #[schema(value_type = String)]
    pub site: SiteId,
    /// What stands in the composed picture: the caption, else the name.
    pub shown: String,
    /// Empty while the name stands there.
    pub caption: String,
}

impl CaptionStanding {
    /// `None` when the site is not invited.
    pub(crate) fn new(view: &ConferenceView, id: &SiteId) -> Option<Self> {
        let SiteView { id: site, name, caption, .. } = view.sites.iter().find(|site| site.id == *id)?.clone();
        let shown = if caption.is_empty() { name } else { caption.clone() };
        Some(Self { site, shown, caption })
    }
}

/// An invited site as it stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SiteStanding {
    pub id: String,
    pub name: String,
    /// Name of the node above it.
    pub group: String,
    /// How many devices stand for it now.
    pub connected: u32,
    /// What the roll call has found; absent before, and for those who may not call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub result: Option<SiteResult>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people: Option<u32>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub names: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marked_ms: Option<i64>,
    /// What the composed picture writes in place of its name; absent for those who may not set it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub caption: String,
}

impl ConferenceDetail {
    /// `sites` are the invited ones with id, name and name of the node above.
    pub(crate) fn new(view: ConferenceView, sites: Vec<(String, String, String)>) -> Self {
        let roll_call = view.roll_call.is_some().then(|| RollCallStanding::new(&view));
        let standing = |(id, name, group): (String, String, String)| {
            let stands = |site: &Option<SiteId>| site.as_ref().is_some_and(|site| site.as_str() == id);
            let connected = view.participants.iter().filter(|p| stands(&p.site)).count();
            let found = view.sites.iter().find(|site| site.id.as_str() == id);
            SiteStanding {
                connected: u32::try_from(connected).unwrap_or(u32::MAX),
                result: found.and_then(|site| site.result),
                people: found.and_then(|site| site.people),
                note: found.map_or_else(String::new, |site| site.note.clone()),
                names: found.map_or_else(String::new, |site| site.names.clone()),
                marked_ms: found.and_then(|site| site.marked_ms),
                caption: found.map_or_else(String::new, |site| site.caption.clone()),
                id,
                name,
                group,
            }
        };
        let sites = sites.into_iter().map(standing).collect();
        let ConferenceView { info, participants, floor, agenda, .. } = view;
        Self {
            id: info.id,
            title: info.title,
            label: info.label,
            kind: info.kind,
            secrecy: info.secrecy,
            locked: info.locked,
            ended: info.ended,
            opens_ms: info.opens_ms,
            participants: u32::try_from(participants.len()).unwrap_or(u32::MAX),
            sites,
            roll_call,
            floor,
            agenda,
        }
    }
}

/// Body of `POST /conferences/ID/roll-call`.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
pub struct RollCallStart {
    /// Only the sites that were not found present.
    #[serde(default)]
    pub failed: bool,
}

/// Where the roll call stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RollCallStanding {
    pub number: u32,
    #[schema(value_type = String, example = "running")]
    pub phase: RollCallPhase,
    /// The site that is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub current: Option<SiteId>,
    /// Sites of this walk, and how many it has yet to come to.
    pub walk: u32,
    pub left: u32,
}

impl RollCallStanding {
    pub(crate) fn new(view: &ConferenceView) -> Self {
        match &view.roll_call {
            Some(roll) => Self {
                number: roll.number,
                phase: roll.phase,
                current: roll.current.clone(),
                walk: roll.walk,
                left: roll.left,
            },
            None => Self { number: 0, phase: RollCallPhase::Finished, current: None, walk: 0, left: 0 },
        }
    }
}

/// Who sits at a site: how many, or their names.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum People {
    Count(u32),
    Names(Vec<String>),
}

/// Body of `POST /conferences/ID/roll-call/SITE`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct SiteMark {
    /// `present`, `no_sound`, `no_picture` or `absent`.
    #[schema(value_type = String, example = "present")]
    pub result: SiteResult,
    /// At most 500 characters.
    #[serde(default)]
    pub note: String,
    #[serde(default)]
    pub people: Option<People>,
    /// At most 4,000 characters, one name a line.
    #[serde(default)]
    pub names: String,
    /// `marked_ms` of the site as the asker has seen it, 0 for no mark: when somebody else has marked it
    /// since, this one is refused with `site_marked`.
    #[serde(default)]
    pub seen_ms: Option<i64>,
}

impl SiteMark {
    /// How many people, and their names one a line.
    pub(crate) fn people(&self) -> Result<(Option<u32>, String), ApiError> {
        match &self.people {
            None => Ok((None, self.names.clone())),
            Some(People::Count(count)) => Ok((Some(*count), self.names.clone())),
            Some(People::Names(names)) => {
                let count = u32::try_from(names.len()).unwrap_or(u32::MAX);
                let mut all: Vec<&str> = names.iter().map(|name| name.trim()).collect();
                all.extend(self.names.lines());
                Ok((Some(count), all.join("\n")))
            }
        }
    }
}

/// Answer: the site that was marked, and the roll call after it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MarkedSite {
    #[schema(value_type = Object)]
    pub site: SiteView,
    pub roll_call: RollCallStanding,
}

impl MarkedSite {
    pub(crate) fn new(view: &ConferenceView, site: &SiteId) -> Option<Self> {
        let marked = view.sites.iter().find(|known| known.id == *site)?;
        Some(Self { site: marked.clone(), roll_call: RollCallStanding::new(view) })
    }
}

/// Body of `POST /conferences/ID/floor/…`; every field may be left out.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct FloorAct {
    #[serde(default)]
    #[schema(value_type = Option<u32>)]
    pub participant: Option<ParticipantId>,
    /// Whoever stands for this invited site.
    #[serde(default)]
    pub site: Option<String>,
    /// `speech` or `question`.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "speech")]
    pub queue: Option<Queue>,
    /// What a request is about, at most 200 characters.
    #[serde(default)]
    pub subject: String,
    /// Who speaks behind the device, for the lower third.
    #[serde(default)]
    pub speaker: String,
    #[serde(default)]
    pub position: String,
    #[serde(default)]
    pub limit_ms: Option<u32>,
    /// Number of the turn that was seen, 0 for none: refused when another one runs by now.
    #[serde(default)]
    pub seen: Option<u32>,
}

/// The floor after an act.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FloorStanding {
    #[schema(value_type = Object)]
    pub floor: FloorView,
}

/// A participant by number, or all who stand for a site.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Spared {
    Participant(u32),
    Site(String),
}

/// Body of `POST /conferences/ID/mute`.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct MuteAct {
    #[serde(default)]
    pub except: Vec<Spared>,
}

impl MuteAct {
    /// Who is spared. Somebody who is not there needs no sparing.
    pub(crate) fn targets(&self) -> Result<Vec<Target>, ApiError> {
        let target = |spared: &Spared| match spared {
            Spared::Participant(id) => Ok(Target::Participant(ParticipantId(*id))),
            Spared::Site(site) => SiteId::new(site)
                .map(Target::Site)
                .map_err(|_| ApiError::BadField { field: "except".to_owned() }),
        };
        self.except.iter().map(target).collect()
    }
}

/// How many microphones were switched off.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Muted {
    pub muted: u32,
}

/// How a live stream stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LiveState {
    /// Not opened, or closed again.
    Closed,
    /// Opened; nothing can be fetched yet.
    Starting,
    Running,
    /// The conference has ended.
    Ended,
}

/// Answer of `/conferences/ID/live`.
#[derive(Clone, Debug, Serialize, Deserialize, TS, ToSchema)]
pub struct LiveStanding {
    #[schema(value_type = String, example = "demo")]
    pub id: ConferenceId,
    pub title: String,
    /// Secrecy label; empty when none.
    pub label: String,
    pub state: LiveState,
    /// When it was opened, ms since 1970-01-01 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub since_ms: Option<i64>,
    /// Path of the page with the player.
    #[schema(example = "/live/demo")]
    pub page: String,
}
