//! What a browser sends.

use media_control::{LegId, ParticipantId, Wish};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

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
    /// Mutes everyone but the one who asks.
    MuteAll {},
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
    Leave {},
}
