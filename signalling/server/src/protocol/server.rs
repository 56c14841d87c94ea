//! What the server sends.

use conference::view::{ConferenceView, Delta, SelfView};
use media_control::{LegId, ParticipantId, Rid, SlotAssignment, Source, Speaker};
use serde::{Deserialize, Serialize};
use std::fmt;
use ts_rs::TS;
use utoipa::ToSchema;

/// One frame to the browser: reliable (numbered, kept until acknowledged) or volatile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(untagged)]
pub enum ServerFrame {
    Reliable {
        /// 1, 2, 3 … over all connections of one participant's place.
        #[ts(type = "number")]
        seq: u64,
        #[serde(flatten)]
        message: ServerMessage,
    },
    Volatile(Volatile),
}

/// Numbered messages: a client that resumes gets every one that it has not seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// The person is in: the whole picture. Also sent instead of deltas when a resumed connection
    /// missed more than the server keeps.
    Welcome {
        you: SelfView,
        /// Opaque, ≤ 256 characters; good for resuming over a server restart.
        resume: String,
        #[ts(type = "number")]
        server_time_ms: i64,
        // Boxed: it is several times larger than all the other messages.
        conference: Box<ConferenceView>,
    },
    /// In the waiting room, `place` from 1.
    Waiting {
        place: u32,
        resume: String,
    },
    Delta {
        delta: Delta,
    },
    /// The place was ended by somebody: `removed`, `turned_away`, `ended`, `joined_elsewhere`.
    Ended {
        reason: EndReason,
        by: Option<String>,
    },
}

/// Why the server ends a person's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    Removed,
    TurnedAway,
    Ended,
    /// The same place was resumed by another connection.
    JoinedElsewhere,
    Left,
}

/// Messages that are worthless later; never repeated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Volatile {
    /// The resumed connection continues: deltas after `last_seq` follow.
    Resumed {
        you: SelfView,
        resume: String,
    },
    Done {
        id: u32,
    },
    Refused {
        id: u32,
        #[serde(flatten)]
        refusal: Refused,
    },
    Offer {
        leg: LegId,
        sdp: String,
        /// The way through the HTTPS port; newer offers of the leg bring newer credentials.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        relay: Option<Relay>,
    },
    /// ICE and DTLS of the leg are done.
    MediaConnected {
        leg: LegId,
    },
    /// The leg is gone; ask for `open_media` again.
    MediaLost {
        leg: LegId,
    },
    Slots {
        leg: LegId,
        slots: Vec<SlotAssignment>,
    },
    Speakers {
        speakers: Vec<Speaker>,
    },
    /// The simulcast layers of the recipient's own source that anybody needs, smallest first; the
    /// others need not be sent. Until the first one for a leg, all of them.
    Wanted {
        leg: LegId,
        source: Source,
        layers: Vec<Rid>,
    },
    /// The server's view of the person's own link, every 2 s.
    Link {
        rtt_ms: u32,
        uplink_loss: f32,
        downlink_loss: f32,
        /// What the way to the person is believed to carry, in bit/s.
        estimate_bps: u32,
    },
    /// How the composed picture stands that the person asks for.
    Composed {
        standing: ComposedStanding,
    },
    Pong {
        #[ts(type = "number")]
        sent_ms: i64,
        #[ts(type = "number")]
        server_time_ms: i64,
    },
}

/// What became of somebody's wish for the composed picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ComposedStanding {
    /// Its first picture is on its way.
    Making,
    Shown,
    /// The process that makes it has ended; another is started by itself.
    Lost,
    /// This server composes no pictures.
    NoMixer,
    /// So many are composed already that there is no room for one more.
    TooMany,
    /// It could not be made.
    NoEncoder,
}

/// TURN over TLS through the HTTPS port, for networks that let nothing else pass.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Relay {
    pub username: String,
    /// Opens relays for ten minutes.
    pub credential: String,
    /// For `RTCIceServer`; without it `turns:` with the host and port of the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub url: Option<String>,
}

impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relay")
            .field("username", &self.username)
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

/// A refusal on the wire: stable code and facts, never prose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "error", rename_all = "snake_case")]
pub enum Refused {
    /// The role may not do this.
    NotAllowed {},
    /// The conference is locked.
    Locked {},
    /// No more room: `limit` participants or waiting people.
    Full { limit: u32 },
    /// No more room in all conferences of the server together: `limit` places.
    ServerFull { limit: u32 },
    /// It has been ended.
    ConferenceEnded {},
    /// It has not been opened.
    NotOpen {},
    /// The door opens to this role at `opens_ms`, ms since 1970-01-01 UTC.
    TooEarly {
        #[ts(type = "number")]
        opens_ms: i64,
    },
    /// The person is in it from another device or window: greet again with `moves` to take the
    /// place over.
    InsideElsewhere {},
    /// `by` shares a screen and may not be interrupted by this role.
    ScreenTaken { by: ParticipantId },
    /// Only who leads and who has the floor may switch a microphone on now.
    MicrophonesClosed {},
    /// Somebody outside cannot ask for themselves.
    NotInside {},
    /// No requests for the floor are taken now.
    RegistrationClosed {},
    /// The participant does not wait in that queue.
    NotWaiting { participant: ParticipantId },
    /// Nobody who waits is there.
    NobodyWaits {},
    /// The participant's connection is away.
    Away { participant: ParticipantId },
    /// Somebody else was faster: `turn` runs, none when 0.
    FloorChanged { turn: u32 },
    /// Too short, or longer than `limit_ms`.
    BadTime { limit_ms: u32 },
    /// No mute that can still be taken back.
    NothingToUndo {},
    /// More than `limit` on the stage, or somebody twice.
    StageFull { limit: u32 },
    /// The secrecy label forbids recording and live streams.
    TooSecret {},
    /// This server lets nothing out live: `diemcau-mixer` or `diemcau-recorder` does not lie beside it.
    NoRecorder {},
    /// The site is not invited.
    NoSuchSite {},
    /// No site is invited, or none is left to call.
    NoSites {},
    /// Nobody stands for the site.
    SiteAbsent {},
    /// No roll call runs.
    NoRollCall {},
    /// A site is being called; pause or finish the roll call first.
    RollCallRuns {},
    /// Somebody else has marked the site since the asker looked.
    SiteMarked {},
    /// More than `limit` people at a site.
    TooManyPeople { limit: u32 },
    /// No patrol is under way.
    NoPatrol {},
    /// The layout has no such seat, or it or its holder is named twice.
    BadSeat { seat: u8 },
    /// More than `limit` groups of sites with a picture of their own.
    PicturesFull { limit: u32 },
    /// More than `limit` items.
    AgendaFull { limit: u32 },
    /// The agenda has no such item.
    NoSuchItem { item: u32 },
    /// The participant is not (or no longer) there.
    NoSuchParticipant { participant: ParticipantId },
    /// The leg is not (or no longer) one of this connection.
    NoSuchLeg { leg: LegId },
    /// Empty or longer than `limit` characters.
    TextLength { limit: u32 },
    /// More than `per_second` of these in a second.
    TooFast { per_second: u32 },
    /// Not JSON of the protocol; `detail` names the place.
    Malformed { detail: String },
    /// A message larger than `limit` bytes.
    TooLarge { limit: u32 },
    /// `hello` must come first, and once.
    HelloExpected {},
    /// The resume token is expired, foreign or forged: begin again with a fresh `hello`.
    BadResume {},
    /// The media server could not do it.
    Media { detail: String },
    /// More than `limit` pictures wished for, or a wish for a sound.
    BadWish { limit: u32 },
    /// The server is stopping; try again in `retry_ms`.
    Stopping { retry_ms: u32 },
}

impl Refused {
    /// The stable code alone.
    pub(crate) fn code(&self) -> String {
        let written = serde_json::to_value(self).unwrap_or_default();
        written["error"].as_str().unwrap_or_default().to_owned()
    }
}
