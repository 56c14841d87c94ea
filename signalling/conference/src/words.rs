//! Words that a command brings: the number under which the caller keeps them, and their length.
//!
//! Used in commands; the words themselves never come here.

use crate::{Refusal, TextId};

/// A text that a command wants to bring into use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// A number from [`crate::State::next_text`] on, each given once in a command.
    pub text: TextId,
    /// Unicode scalar values, normalised to NFC and trimmed.
    pub chars: usize,
}

/// The number of `said` when it is not empty and not longer than `limit`.
pub(crate) fn checked(said: Option<Said>, limit: u32) -> Result<Option<TextId>, Refusal> {
    let Some(Said { text, chars }) = said else { return Ok(None) };
    if chars > limit as usize {
        return Err(Refusal::TextLength { limit });
    }
    Ok((chars > 0).then_some(text))
}

/// As [`checked`], for words that must be there.
pub(crate) fn required(said: Said, limit: u32) -> Result<TextId, Refusal> {
    checked(Some(said), limit)?.ok_or(Refusal::TextLength { limit })
}
