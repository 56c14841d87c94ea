//! Chapters: the places in a meeting that a recording and the minutes lead to.
//!
//! Written with the act that begins them, in the same decision. Only the number stays in the state; the
//! journal holds the chapters.

use crate::{Event, PersonId, State, Timestamp};
use media_control::ParticipantId;
use serde::{Deserialize, Serialize};

/// What begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ChapterOf {
    /// Somebody speaks.
    Turn { turn: u32, participant: ParticipantId, person: PersonId },
    /// An item of the agenda.
    Item { item: u32 },
    /// A roll call.
    RollCall { number: u32 },
}

pub(crate) fn written(state: &State, now: Timestamp, of: ChapterOf) -> Event {
    Event::ChapterWritten { chapter: state.next_chapter, at: now, of }
}
