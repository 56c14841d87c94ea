//! Rules of the chat.
//!
//! Called by `decide`. The words never come here: the caller counts them, normalised to NFC.

use crate::{Act, Event, Refusal, State, TextId, Timestamp};
use media_control::ParticipantId;

/// Messages that a conference remembers; the oldest is forgotten first (the journal keeps all).
pub const MAX_CHAT_MESSAGES: usize = 500;
/// Longest message in Unicode scalar values.
pub const MAX_CHAT_CHARS: u32 = 2000;

pub(crate) fn post(
    state: &State,
    now: Timestamp,
    by: ParticipantId,
    text: TextId,
    chars: usize,
) -> Result<Vec<Event>, Refusal> {
    state.authorise(by, Act::Chat)?;
    if chars == 0 || chars > MAX_CHAT_CHARS as usize {
        return Err(Refusal::TextLength { limit: MAX_CHAT_CHARS });
    }
    let message = state.next_message;
    Ok(vec![Event::ChatPosted { message, from: by, text, at: now }])
}
