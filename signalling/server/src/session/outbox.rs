//! Numbered messages of one place: what was sent and not yet acknowledged.
//!
//! Owned by `runner::places`; outlives connections, so that a client that comes back gets exactly
//! what it missed. Knows no socket. Bounded: what does not fit is forgotten, oldest first, and a
//! resume that asks for it is told to take a fresh `welcome`.

use axum::extract::ws::Utf8Bytes;
use std::collections::VecDeque;

/// Most messages kept for one place.
pub const MESSAGE_LIMIT: usize = 512;
/// Most bytes kept for one place; a message that many places are told counts for each.
pub const BYTE_LIMIT: usize = 1024 * 1024;
/// Messages for which memory stays when all are acknowledged.
const FEW: usize = 16;
/// Highest number that a browser counts exactly (2^53 − 1).
const SEQ_LIMIT: u64 = (1 << 53) - 1;

/// Reliable messages of one place.
#[derive(Debug)]
pub struct Outbox {
    /// Number of the next message, from 1.
    next: u64,
    /// Without their numbers: one text for all places that were told the same.
    kept: VecDeque<Utf8Bytes>,
    bytes: usize,
}

/// What a resumed connection gets.
#[derive(Debug, PartialEq, Eq)]
pub enum Missed {
    /// These frames, in order.
    Frames(Vec<Utf8Bytes>),
    /// More than is kept: a fresh `welcome`.
    TooMuch,
}

impl Default for Outbox {
    fn default() -> Self {
        Self { next: 1, kept: VecDeque::new(), bytes: 0 }
    }
}

impl Outbox {
    /// Numbers `message`, a JSON object, keeps it and returns the frame.
    pub fn push(&mut self, message: &Utf8Bytes) -> Utf8Bytes {
        let frame = numbered(self.next, message);
        self.next = (self.next + 1).min(SEQ_LIMIT);
        self.bytes += message.len();
        self.kept.push_back(message.clone());
        while self.kept.len() > MESSAGE_LIMIT || self.bytes > BYTE_LIMIT {
            self.drop_oldest();
        }
        frame
    }

    /// The frame that [`Outbox::push`] would make, without keeping it: for a last word to a
    /// connection that loses its place to another one.
    #[must_use]
    pub fn last_word(&self, message: &str) -> Utf8Bytes {
        numbered(self.next, message)
    }

    /// Forgets everything up to `seq`; a number that was never sent counts as the newest.
    pub fn acknowledge(&mut self, seq: u64) {
        while self.first() <= seq && !self.kept.is_empty() {
            self.drop_oldest();
        }
        if self.kept.is_empty() {
            self.kept.shrink_to(FEW);
        }
    }

    /// What a client that has seen everything up to `seen` has missed. Numbering goes on above
    /// `seen` even when this outbox is younger than the client, as after a restart.
    pub fn missed_after(&mut self, seen: u64) -> Missed {
        if seen >= self.next {
            self.next = seen.saturating_add(1).min(SEQ_LIMIT);
            self.kept.clear();
            self.bytes = 0;
            return Missed::TooMuch;
        }
        if seen + 1 < self.first() {
            return Missed::TooMuch;
        }
        self.acknowledge(seen);
        Missed::Frames((self.first()..).zip(&self.kept).map(|(seq, it)| numbered(seq, it)).collect())
    }

    /// Messages that wait for acknowledgement.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Whether everything has been acknowledged.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    fn first(&self) -> u64 {
        self.next - self.kept.len() as u64
    }

    fn drop_oldest(&mut self) {
        if let Some(message) = self.kept.pop_front() {
            self.bytes -= message.len();
        }
    }
}

fn numbered(seq: u64, message: &str) -> Utf8Bytes {
    let rest = message.strip_prefix('{').expect("a message is a JSON object");
    format!("{{\"seq\":{seq},{rest}").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outbox_with(count: u64) -> Outbox {
        let mut outbox = Outbox::default();
        for n in 1..=count {
            outbox.push(&format!("{{\"n\":{n}}}").into());
        }
        outbox
    }

    fn frames(missed: Missed) -> Vec<String> {
        match missed {
            Missed::Frames(frames) => frames.iter().map(|f| f.as_str().to_owned()).collect(),
            Missed::TooMuch => vec!["too much".to_owned()],
        }
    }

    #[test]
    fn resume_gets_exactly_what_was_missed() {
        let mut outbox = outbox_with(4);
        outbox.acknowledge(1);
        let missed = frames(outbox.missed_after(2));
        assert_eq!(missed, [r#"{"seq":3,"n":3}"#, r#"{"seq":4,"n":4}"#]);
        assert!(frames(outbox.missed_after(4)).is_empty());
        assert_eq!(outbox.push(&Utf8Bytes::from_static("{\"n\":5}")).as_str(), r#"{"seq":5,"n":5}"#);
    }

    #[test]
    fn resume_beyond_what_is_kept_asks_for_a_fresh_picture() {
        let mut outbox = outbox_with(MESSAGE_LIMIT as u64 + 10);
        assert_eq!(outbox.len(), MESSAGE_LIMIT);
        assert_eq!(outbox.missed_after(9), Missed::TooMuch);
        assert_eq!(frames(outbox.missed_after(10)).len(), MESSAGE_LIMIT);
    }

    #[test]
    fn numbering_goes_on_above_what_the_client_saw_before_a_restart() {
        let mut outbox = Outbox::default();
        assert_eq!(outbox.missed_after(41), Missed::TooMuch);
        assert_eq!(outbox.push(&Utf8Bytes::from_static("{\"n\":1}")).as_str(), r#"{"seq":42,"n":1}"#);
        assert_eq!(outbox.missed_after(u64::MAX), Missed::TooMuch, "a lie harms only the liar");
        outbox.push(&Utf8Bytes::from_static("{\"n\":2}"));
    }

    #[test]
    fn large_messages_are_bounded_by_bytes() {
        let mut outbox = Outbox::default();
        let text = format!("{{\"t\":\"{}\"}}", "x".repeat(BYTE_LIMIT / 2));
        for _ in 0..4 {
            outbox.push(&text.clone().into());
        }
        assert_eq!(outbox.len(), 1);
        assert!(outbox.bytes <= BYTE_LIMIT);
    }

    #[test]
    fn acknowledging_the_future_empties_and_no_more() {
        let mut outbox = outbox_with(3);
        outbox.acknowledge(99);
        assert!(outbox.is_empty());
        assert!(frames(outbox.missed_after(3)).is_empty());
    }
}
