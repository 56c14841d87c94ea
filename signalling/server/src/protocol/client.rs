//! What a browser sends.

use conference::arranging::Arrangement;
use conference::floor::Queue;
use conference::roll_call::SiteResult;
use conference::speaking::Microphones;
use conference::stage::Layout;
use conference::{MeetingKind, SiteId};
use media_control::{LegId, ParticipantId, Wish};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// One frame from the browser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ClientMessage {
    /// Chosen by the client, echoed in `done` or `refused`.
    pub id: u32,
    #[serde(flatten)]
    pub request: Request,
}

/// What is asked. Everything but `hello` needs a finished `hello`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Request {
    /// First message of a connection. With `resume` the place of an earlier connection is taken
    /// back; `last_seq` is the highest `seq` seen on it.
    Hello {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        resume: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional, type = "number")]
        last_seq: Option<u64>,
        /// What the person has chosen in the lobby.
        microphone: bool,
        camera: bool,
        /// Takes over the place that the person holds from another device or window, which is told
        /// so; without it such a `hello` is refused with `inside_elsewhere`.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        #[ts(optional, as = "Option<bool>")]
        moves: bool,
    },
    /// Highest `seq` handled; lets the server forget what came before. Not answered.
    Ack {
        #[ts(type = "number")]
        seq: u64,
    },
    /// Keeps the connection alive and measures it; answered by `pong`.
    Ping {
        #[ts(type = "number")]
        sent_ms: i64,
    },
    /// Asks for a (new) media connection; answered by `offer`.
    OpenMedia {},
    Answer {
        leg: LegId,
        sdp: String,
    },
    RestartIce {
        leg: LegId,
    },
    /// The complete list of pictures that the window shows, most important first.
    Watch {
        wishes: Vec<Wish>,
    },
    /// What the person sends now; a chair's mute is undone by switching on again.
    SetMedia {
        microphone: bool,
        camera: bool,
        screen: bool,
    },
    RaiseHand {},
    /// Own hand without `participant`.
    LowerHand {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        participant: Option<ParticipantId>,
    },
    Chat {
        text: String,
    },
    Mute {
        participant: ParticipantId,
    },
    /// Mutes everyone but the one who asks, the chairs, who has the floor, and `except`.
    MuteAll {
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[ts(optional, as = "Option<Vec<ParticipantId>>")]
        except: Vec<ParticipantId>,
    },
    /// Takes the newest `mute_all` back, within 8 s.
    UndoMute {},
    /// Who may switch a microphone on: everybody, or only who leads and who has the floor.
    Microphones {
        microphones: Microphones,
    },
    /// Own wish without `participant`. A raised hand is a request to speak without a subject.
    RequestFloor {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        participant: Option<ParticipantId>,
        /// Whoever stands for the site.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        site: Option<SiteId>,
        #[serde(default)]
        #[ts(optional, as = "Option<Queue>")]
        queue: Queue,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        #[ts(optional, as = "Option<String>")]
        subject: String,
    },
    /// From both queues without `queue`.
    WithdrawFloor {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        participant: Option<ParticipantId>,
        /// Whoever stands for the site.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        site: Option<SiteId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        queue: Option<Queue>,
    },
    /// To the place `place` of the queue; 0 is the first.
    MoveRequest {
        participant: ParticipantId,
        queue: Queue,
        place: u32,
    },
    /// Gives the floor: to the participant, to whoever stands for the site, else to the first of the
    /// queue who is there. `seen` is the number of the turn that the asker has seen, 0 for none:
    /// refused with `floor_changed` when another one runs by now.
    GrantFloor {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        participant: Option<ParticipantId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        site: Option<SiteId>,
        #[serde(default)]
        #[ts(optional, as = "Option<Queue>")]
        queue: Queue,
        /// Who speaks behind the device, for the lower third.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        #[ts(optional, as = "Option<String>")]
        speaker: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        #[ts(optional, as = "Option<String>")]
        position: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        limit_ms: Option<u32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        seen: Option<u32>,
    },
    /// Ends the turn; the speaker may do so too.
    ReleaseFloor {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        seen: Option<u32>,
    },
    /// Time of the turn that runs, else of turns to come.
    FloorTime {
        limit_ms: u32,
    },
    /// Opens or closes the lists of those who want the floor.
    FloorRegistration {
        open: bool,
    },
    /// At most four participants.
    SetStage {
        layout: Layout,
        participants: Vec<ParticipantId>,
        free: bool,
    },
    /// How the composed picture is divided, for these sites, or for all without any; it follows the stage
    /// (for sites: what all see) with `null`.
    ArrangePicture {
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[ts(optional, as = "Option<Vec<SiteId>>")]
        sites: Vec<SiteId>,
        arrangement: Option<Arrangement>,
    },
    /// What the composed picture writes under a site in this meeting, at most 80 characters; its name again
    /// with `null`.
    SetCaption {
        site: SiteId,
        caption: Option<String>,
    },
    SetKind {
        kind: MeetingKind,
    },
    /// Who takes over when the chair is lost; nobody in particular with `null`.
    NameDeputy {
        participant: Option<ParticipantId>,
    },
    /// The whole agenda in order; items keep what happened in them by their number.
    SetAgenda {
        items: Vec<AgendaItem>,
    },
    OpenItem {
        item: u32,
    },
    CloseItem {},
    ConcludeItem {
        item: u32,
        conclusion: String,
    },
    /// Begins the roll call or goes on with a paused one; with `failed` only the sites that were not
    /// found present are called again.
    StartRollCall {
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        #[ts(optional, as = "Option<bool>")]
        failed: bool,
    },
    /// Calls this site now: forward or back.
    CallSite {
        site: SiteId,
    },
    /// Keeps a result; from the called site the roll call goes on to the next.
    MarkSite {
        site: SiteId,
        result: SiteResult,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        #[ts(optional, as = "Option<String>")]
        note: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        people: Option<u32>,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        #[ts(optional, as = "Option<String>")]
        names: String,
        /// `marked_ms` of the site as the asker has seen it, 0 for no mark: when somebody else has marked
        /// it since, this one is refused and changes nothing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional, type = "number")]
        seen_ms: Option<i64>,
    },
    PauseRollCall {},
    FinishRollCall {},
    /// Says for which site a participant stands; for none with `null`.
    Seat {
        participant: ParticipantId,
        site: Option<SiteId>,
    },
    /// Notes that these absent sites were called; every absent one when empty.
    CallAbsent {
        sites: Vec<SiteId>,
    },
    /// Views the sites in turn, all of them when empty; again with another pace while it runs.
    StartPatrol {
        sites: Vec<SiteId>,
        stay_ms: u32,
        /// On the stage for all; else only told to those who may set it.
        everybody: bool,
    },
    /// To the next site, or to this one.
    TurnPatrol {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        site: Option<SiteId>,
    },
    StopPatrol {},
    Remove {
        participant: ParticipantId,
    },
    Lock {
        locked: bool,
    },
    /// Opens the door to everybody before its time.
    OpenDoor {},
    WaitingRoom {
        enabled: bool,
    },
    Admit {
        participant: ParticipantId,
    },
    AdmitAll {},
    /// Sends somebody in the waiting room away.
    Turn {
        participant: ParticipantId,
    },
    EndForAll {},
    /// Lets the meeting out as a live stream, at `/live/ID`.
    OpenLive {},
    CloseLive {},
    Leave {},
}

/// One item of an agenda as it is set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct AgendaItem {
    /// Of an item that is there; a new one without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub item: Option<u32>,
    /// 1–300 characters.
    pub title: String,
    /// Who presents it, at most 300 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[ts(optional, as = "Option<String>")]
    pub speakers: String,
    /// Planned time; 0 when none is planned.
    #[serde(default)]
    #[ts(optional, as = "Option<u32>")]
    pub minutes: u32,
}
