//! The words behind the ids of one conference: names, unit lines, chat texts.
//!
//! Filled by the runner from the store and used by [`crate::view`]. What has been erased reads as
//! an empty text. Holds no more than the state refers to, see [`Texts::keep_only_used`].

use crate::{SiteId, State, TextId};
use std::collections::{BTreeSet, HashMap};

/// How a site is called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiteWords {
    pub name: String,
    /// Name of the node above it in the tree; empty for a root.
    pub group: String,
}

/// Words of one conference by id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    /// Title of the conference.
    pub title: String,
    /// Secrecy label, e.g. "Nội bộ"; empty when none.
    pub label: String,
    /// Places are no persons: their names are never erased.
    pub sites: HashMap<SiteId, SiteWords>,
    by_id: HashMap<TextId, String>,
}

impl Texts {
    /// No words but title and label.
    #[must_use]
    pub fn new(title: String, label: String) -> Self {
        Self { title, label, sites: HashMap::new(), by_id: HashMap::new() }
    }

    /// The name of `site`; its id when the tree does not have it any more.
    #[must_use]
    pub fn site<'a>(&'a self, site: &'a SiteId) -> &'a str {
        self.sites.get(site).map_or(site.as_str(), |words| &words.name)
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
