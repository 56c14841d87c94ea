//! Words that one command brings, numbered from the conference's next text on.
//!
//! Used by `runner` for requests of the protocol and of the HTTP API. Trims and composes (NFC); whether
//! they are too long is the conference's rule.

use super::task::Words;
use conference::{PersonId, Said, TextId};
use unicode_normalization::UnicodeNormalization as _;

/// Words of one command.
#[derive(Debug)]
pub(crate) struct Wording {
    next: TextId,
    bodies: Vec<(TextId, String)>,
}

impl Wording {
    pub(crate) const fn from(next: TextId) -> Self {
        Self { next, bodies: Vec::new() }
    }

    /// The number of `text`; `None` when it is empty.
    pub(crate) fn take(&mut self, text: &str) -> Option<Said> {
        Some(self.always(text)).filter(|said| said.chars > 0)
    }

    /// As [`Wording::take`], on one line: what cannot be seen becomes a space.
    pub(crate) fn take_line(&mut self, text: &str) -> Option<Said> {
        let is_space = |letter: char| letter.is_whitespace() || letter.is_control();
        let words: Vec<&str> = text.split(is_space).filter(|word| !word.is_empty()).collect();
        self.take(&words.join(" "))
    }

    /// The number of `text`, empty or not.
    pub(crate) fn always(&mut self, text: &str) -> Said {
        let body: String = text.trim().nfc().collect();
        let said = Said { text: self.next, chars: body.chars().count() };
        if said.chars > 0 {
            self.bodies.push((self.next, body));
            self.next = self.next.next();
        }
        said
    }

    /// What the command may bring into use; erased with `person`.
    pub(super) fn words(self, person: Option<PersonId>) -> Option<Words> {
        (!self.bodies.is_empty()).then_some(Words { person, bodies: self.bodies })
    }
}
