//! The words behind the ids of one conference: names, unit lines, chat texts.
//!
//! Filled by the runner from the store and used by [`crate::view`]. What has been erased reads as
//! an empty text. Holds no more than the state refers to, see [`Texts::keep_only_used`].

use crate::{State, TextId};
use std::collections::{BTreeSet, HashMap};

/// Words of one conference by id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    /// Title of the conference.
    pub title: String,
    /// Secrecy label, e.g. "Nội bộ"; empty when none.
    pub label: String,
    by_id: HashMap<TextId, String>,
}

impl Texts {
    /// No words but title and label.
    #[must_use]
    pub fn new(title: String, label: String) -> Self {
        Self { title, label, by_id: HashMap::new() }
    }

    /// Keeps `body` under `id`.
    pub fn insert(&mut self, id: TextId, body: String) {
        self.by_id.insert(id, body);
    }

    /// The words of `id`; empty when they were erased.
    #[must_use]
    pub fn text(&self, id: TextId) -> &str {
        self.by_id.get(&id).map_or("", String::as_str)
    }

    /// How many words are held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether none is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// Forgets what `state` no longer refers to; worth a call when [`Texts::len`] is some
    /// hundreds above the length of [`State::used_texts`].
    pub fn keep_only_used(&mut self, state: &State) {
        let used: BTreeSet<TextId> = state.used_texts().into_iter().collect();
        self.by_id.retain(|id, _| used.contains(id));
    }
}
