//! Names what happened to a chain that does not fit.
//!
//! Called by `verify` for a conference whose rows failed the quick check. Pure: rows in, findings
//! out.

use super::GENESIS;
use super::key::JournalKey;
use super::report::Finding;
use crate::store::{Digest, Row, Tail};
use media_control::ConferenceId;
use std::collections::HashSet;

/// How far from its place a row is looked for, in rows.
const MAX_SHIFT: u64 = 64;

/// What is remembered of a row.
pub(super) struct Seen {
    /// Where it stands.
    seq: u64,
    /// Under which number our key has signed it; `None` when under none nearby.
    was: Option<u64>,
    previous: Digest,
    hash: Digest,
}

impl Seen {
    pub(super) fn new(key: &JournalKey, row: &Row) -> Self {
        let fits = |seq: &u64| key.link(row, *seq) == row.hash;
        let near = (1..=MAX_SHIFT).flat_map(|shift| [row.seq.checked_sub(shift), Some(row.seq + shift)]);
        let was = std::iter::once(row.seq).chain(near.flatten()).find(fits);
        Self { seq: row.seq, was, previous: row.previous, hash: row.hash }
    }
}

/// Walks through the rows as they stand and compares with the numbers they were signed under.
pub(super) fn examine(conference: &ConferenceId, rows: &[Seen], head: Option<Tail>) -> Vec<Finding> {
    let present: HashSet<u64> = rows.iter().filter_map(|row| row.was).collect();
    let mut walk = Walk {
        conference,
        findings: Vec::new(),
        expected: 1,
        shift: 0,
        last: Some(Tail { seq: 0, hash: GENESIS }),
        passed: HashSet::new(),
        is_explained: false,
        head,
    };
    for row in rows {
        match row.was {
            Some(was) => walk.authentic(row, was, &present),
            None => walk.foreign(row, &present),
        }
    }
    if let Some(head) = head {
        walk.compare_with(head, rows);
    }
    walk.findings
}

struct Walk<'a> {
    conference: &'a ConferenceId,
    findings: Vec<Finding>,
    /// Number that the next row should have been signed under.
    expected: u64,
    /// How far rows stand from their signed number, after what was found so far.
    shift: i64,
    /// The authentic row before, for the link between the two.
    last: Option<Tail>,
    /// Signed numbers met so far.
    passed: HashSet<u64>,
    /// A finding since the last authentic row says why the next one stands elsewhere.
    is_explained: bool,
    head: Option<Tail>,
}

impl Walk<'_> {
    fn authentic(&mut self, row: &Seen, was: u64, present: &HashSet<u64>) {
        let conference = self.conference.clone();
        if was < self.expected {
            // A copy of a row that stands in its place, or that row itself in a wrong one.
            let is_copy = !self.passed.insert(was);
            self.findings.push(if is_copy {
                Finding::Inserted { conference, seq: row.seq }
            } else {
                Finding::Reordered { conference, seq: row.seq, was }
            });
            self.is_explained = true;
            return;
        }
        self.passed.insert(was);
        let moved = difference(row.seq, was) != self.shift;
        if was > self.expected {
            let found_before = self.findings.len();
            self.skip_to(was, present);
            // The rows of the gap stand elsewhere: this one came too early.
            if moved && self.findings.len() == found_before {
                self.findings.push(Finding::Reordered { conference, seq: row.seq, was });
                self.expected = was + 1;
                self.last = None;
                self.is_explained = true;
                return;
            }
        } else if self.last.is_some_and(|last| last.hash != row.previous) {
            self.findings.push(Finding::Rewritten { conference, seq: was });
        } else if moved && !self.is_explained {
            self.findings.push(Finding::Reordered { conference, seq: row.seq, was });
        }
        self.shift = difference(row.seq, was);
        self.is_explained = false;
        self.last = Some(Tail { seq: was, hash: row.hash });
        self.expected = was + 1;
    }

    fn foreign(&mut self, row: &Seen, present: &HashSet<u64>) {
        let should_be = u64::try_from(i128::from(row.seq) - i128::from(self.shift)).unwrap_or(0);
        if should_be > self.expected && !present.contains(&should_be) {
            self.skip_to(should_be, present);
            self.expected = should_be;
        }
        let conference = self.conference.clone();
        self.is_explained = true;
        let beyond_head = self.head.is_some_and(|head| self.expected > head.seq);
        if present.contains(&self.expected) || beyond_head {
            self.findings.push(Finding::Inserted { conference, seq: row.seq });
            return;
        }
        self.findings.push(Finding::Changed { conference, seq: self.expected });
        self.expected += 1;
        // The next link cannot be compared: this row's hash is not to be trusted.
        self.last = None;
    }

    fn skip_to(&mut self, seq: u64, present: &HashSet<u64>) {
        for missing in (self.expected..seq).filter(|seq| !present.contains(seq)) {
            let conference = self.conference.clone();
            self.findings.push(Finding::Missing { conference, seq: missing });
        }
    }

    fn compare_with(&mut self, head: Tail, rows: &[Seen]) {
        let conference = self.conference.clone();
        if head.seq >= self.expected {
            let (first, last) = (self.expected, head.seq);
            self.findings.push(Finding::CutOff { conference, first, last });
            return;
        }
        let at_head = rows.iter().find(|row| row.was == Some(head.seq));
        if at_head.is_some_and(|row| row.hash != head.hash) {
            self.findings.push(Finding::Rewritten { conference, seq: head.seq });
        }
    }
}

fn difference(stands: u64, was: u64) -> i64 {
    i64::try_from(i128::from(stands) - i128::from(was)).unwrap_or(i64::MAX)
}
