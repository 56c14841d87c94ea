//! What is made once for many: outputs by content, key pictures by second, rates by rung.
//!
//! Called by the mixer before each picture. Pure: time is a parameter, and nothing is composed here.

mod keys;
mod rungs;

pub use keys::KeyRequests;
pub use rungs::{RUNGS, Rung, RungNeeds, Teller};

use crate::compose::ContentKey;
use std::collections::BTreeMap;

/// Viewers who are shown the same by decision of the conference: all, one site, some sites.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupId(pub u64);

/// A composed picture that is made; its number is never given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OutputId(pub u64);

/// Most outputs of a process, unless fewer are set: more than any machine carries.
pub const OUTPUT_LIMIT: usize = 64;

/// Which output each group sees.
///
/// An output lives as long as some group sees it, and may show something else from one picture to the
/// next: its encoder goes on, which costs no key picture.
#[derive(Debug)]
pub struct Outputs {
    limit: usize,
    next: u64,
    seen_by: BTreeMap<GroupId, OutputId>,
    refused: u64,
}

impl Outputs {
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { limit: limit.min(OUTPUT_LIMIT), next: 0, seen_by: BTreeMap::new(), refused: 0 }
    }

    /// How often a group was left without an output because there are too many.
    #[must_use]
    pub const fn refused(&self) -> u64 {
        self.refused
    }

    /// What all groups are to see now, and by which output they do. A group for which there is none is left
    /// out and counted.
    pub fn assign(&mut self, wishes: &[(GroupId, ContentKey)]) -> BTreeMap<GroupId, OutputId> {
        let mut wanted: BTreeMap<ContentKey, Vec<GroupId>> = BTreeMap::new();
        for (group, key) in wishes {
            wanted.entry(*key).or_default().push(*group);
        }
        // The output that most of a content's groups see goes on to show it; the larger crowd chooses first.
        let mut crowds: Vec<(usize, OutputId, ContentKey)> = Vec::new();
        for (key, groups) in &wanted {
            let mut counts: BTreeMap<OutputId, usize> = BTreeMap::new();
            for output in groups.iter().filter_map(|group| self.seen_by.get(group)) {
                *counts.entry(*output).or_default() += 1;
            }
            crowds.extend(counts.into_iter().map(|(output, count)| (count, output, *key)));
        }
        crowds.sort_by_key(|(count, output, key)| (std::cmp::Reverse(*count), *output, *key));
        let mut shows: BTreeMap<ContentKey, OutputId> = BTreeMap::new();
        for (_, output, key) in crowds {
            if !shows.contains_key(&key) && !shows.values().any(|it| *it == output) {
                shows.insert(key, output);
            }
        }
        let mut seen_by = BTreeMap::new();
        for (key, groups) in &wanted {
            let output = match shows.get(key) {
                Some(output) => Some(*output),
                None if shows.len() < self.limit => {
                    let output = OutputId(self.next);
                    self.next += 1;
                    shows.insert(*key, output);
                    Some(output)
                }
                None => None,
            };
            match output {
                Some(output) => seen_by.extend(groups.iter().map(|group| (*group, output))),
                None => self.refused += groups.len() as u64,
            }
        }
        self.seen_by.clone_from(&seen_by);
        seen_by
    }
}
