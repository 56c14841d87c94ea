//! Reads the browser's answer.

/// What a line carries, seen from the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The browser sends on this line.
    SendOnly,
    /// The browser receives on this line.
    RecvOnly,
    /// Nothing flows now (rejected or inactive).
    Inactive,
}

/// One m-line of an answer, in the order of the offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerLine {
    /// Which line of the offer this answers, `cam`, `mic`, `scr`, `sca`, `v0`.., `a0`..
    pub mid: String,
    /// Direction seen from the browser.
    pub direction: Direction,
    /// Accepted payload types in the browser's order of preference, a subset of those offered.
    pub payload_types: Vec<u8>,
    /// Simulcast layers that the browser will send.
    pub rids: Vec<String>,
}

/// A checked answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The browser's ICE credentials.
    pub ice: super::super::IceCredentials,
    /// SHA-256 of the browser's certificate.
    pub fingerprint: [u8; 32],
    /// All lines, in the order of the offer.
    pub lines: Vec<AnswerLine>,
    /// Every accepted sending line answered `transport-cc`: feedback is really due.
    pub transport_cc: bool,
}

impl Answer {
    /// The line with this mid.
    #[must_use]
    pub fn line(&self, mid: &str) -> Option<&AnswerLine> {
        self.lines.iter().find(|line| line.mid == mid)
    }
}
