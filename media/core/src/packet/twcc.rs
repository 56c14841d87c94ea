//! Transport-wide congestion feedback on the wire, read and written
//! (draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1).
//!
//! Read by `bwe` from browsers' feedback, written by `rtcp_write` for the packets a browser sends.
//! Never allocates, and never walks more statuses than the packet announces.

use crate::error::{BufferFull, PacketDrop};

/// Microseconds of one delta tick.
pub const DELTA_TICK_US: i64 = 250;
/// Microseconds of one reference-time unit.
pub const REFERENCE_UNIT_US: i64 = 64_000;
/// Ticks per reference-time unit.
const TICKS_PER_UNIT: i64 = REFERENCE_UNIT_US / DELTA_TICK_US;
/// Most statuses that one written feedback packet covers.
pub const MAX_STATUSES: usize = 512;

/// One parsed feedback packet.
#[derive(Debug, Clone)]
pub struct TransportFeedback<'a> {
    /// First sequence number covered.
    pub base_sequence: u16,
    /// Number of sequence numbers covered.
    pub status_count: u16,
    /// Receiver clock in units of 64 ms, 24-bit signed.
    pub reference_time: i32,
    /// Counter of feedback packets, to notice a lost one.
    pub feedback_count: u8,
    chunks: &'a [u8],
    deltas: &'a [u8],
}

/// What the receiver says about one of our packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PacketStatus {
    /// Transport-wide sequence number.
    pub sequence: u16,
    /// Arrival in µs on the receiver's clock; `None` when it did not arrive.
    pub arrival_us: Option<i64>,
}

impl<'a> TransportFeedback<'a> {
    /// Parses the body behind the 4-byte RTCP header.
    ///
    /// # Errors
    /// `Truncated` when statuses or deltas do not fit their announced count.
    pub(crate) fn parse(body: &'a [u8]) -> Result<Self, PacketDrop> {
        let (fixed, rest) = body.split_at_checked(16).ok_or(PacketDrop::Truncated)?;
        let status_count = u16::from_be_bytes([fixed[10], fixed[11]]);
        let mut chunks_len = 0;
        let mut covered = 0;
        let mut deltas_len = 0;
        while covered < usize::from(status_count) {
            let chunk = rest.get(chunks_len..chunks_len + 2).ok_or(PacketDrop::Truncated)?;
            let chunk = Chunk::read(chunk);
            let used = chunk.len().min(usize::from(status_count) - covered);
            // A run of length zero would never end the loop.
            if used == 0 {
                return Err(PacketDrop::WrongLength);
            }
            deltas_len += chunk.delta_bytes(used);
            covered += used;
            chunks_len += 2;
        }
        let (chunks, tail) = rest.split_at(chunks_len);
        let deltas = tail.get(..deltas_len).ok_or(PacketDrop::Truncated)?;
        Ok(Self {
            base_sequence: u16::from_be_bytes([fixed[8], fixed[9]]),
            status_count,
            reference_time: i32::from_be_bytes([fixed[12], fixed[13], fixed[14], 0]) >> 8,
            feedback_count: fixed[15],
            chunks,
            deltas,
        })
    }

    /// The statuses in order of sequence number.
    #[must_use]
    pub fn statuses(&self) -> Statuses<'a> {
        Statuses {
            sequence: self.base_sequence,
            left: usize::from(self.status_count),
            clock_us: i64::from(self.reference_time) * REFERENCE_UNIT_US,
            chunk: None,
            in_chunk: 0,
            chunks: self.chunks,
            deltas: self.deltas,
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Chunk {
    Run { symbol: u8, len: usize },
    OneBit(u16),
    TwoBit(u16),
}

impl Chunk {
    fn read(bytes: &[u8]) -> Self {
        let word = u16::from_be_bytes([bytes[0], bytes[1]]);
        match word >> 14 {
            0 | 1 => Self::Run { symbol: (word >> 13) as u8 & 3, len: usize::from(word & 0x1fff) },
            2 => Self::OneBit(word & 0x3fff),
            _ => Self::TwoBit(word & 0x3fff),
        }
    }

    fn len(self) -> usize {
        match self {
            Self::Run { len, .. } => len,
            Self::OneBit(_) => 14,
            Self::TwoBit(_) => 7,
        }
    }

    fn symbol(self, at: usize) -> u8 {
        match self {
            Self::Run { symbol, .. } => symbol,
            Self::OneBit(bits) => (bits >> (13 - at)) as u8 & 1,
            Self::TwoBit(bits) => (bits >> (12 - 2 * at)) as u8 & 3,
        }
    }

    fn delta_bytes(self, used: usize) -> usize {
        match self {
            Self::Run { symbol, .. } => usize::from(delta_size(symbol)) * used,
            _ => (0..used).map(|at| usize::from(delta_size(self.symbol(at)))).sum(),
        }
    }
}

// Symbol 1: small delta, one byte; 2: large or negative, two bytes; 0 and the reserved 3: none.
const fn delta_size(symbol: u8) -> u8 {
    match symbol {
        1 => 1,
        2 => 2,
        _ => 0,
    }
}

/// Walks the statuses of one feedback packet.
#[derive(Debug, Clone)]
pub struct Statuses<'a> {
    sequence: u16,
    left: usize,
    clock_us: i64,
    chunk: Option<Chunk>,
    in_chunk: usize,
    chunks: &'a [u8],
    deltas: &'a [u8],
}

impl Iterator for Statuses<'_> {
    type Item = PacketStatus;

    fn next(&mut self) -> Option<PacketStatus> {
        if self.left == 0 {
            return None;
        }
        let chunk = match self.chunk {
            Some(chunk) if self.in_chunk < chunk.len() => chunk,
            _ => {
                let (bytes, rest) = self.chunks.split_at_checked(2)?;
                self.chunks = rest;
                self.in_chunk = 0;
                *self.chunk.insert(Chunk::read(bytes))
            }
        };
        let symbol = chunk.symbol(self.in_chunk);
        self.in_chunk += 1;
        self.left -= 1;
        let sequence = self.sequence;
        self.sequence = sequence.wrapping_add(1);
        let size = usize::from(delta_size(symbol));
        let (delta, rest) = self.deltas.split_at_checked(size)?;
        self.deltas = rest;
        let arrival_us = match *delta {
            [small] => Some(i64::from(small)),
            [high, low] => Some(i64::from(i16::from_be_bytes([high, low]))),
            _ => None,
        }
        .map(|ticks| {
            self.clock_us += ticks * DELTA_TICK_US;
            self.clock_us
        });
        Some(PacketStatus { sequence, arrival_us })
    }
}

/// One packet that arrived, for [`write_body`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// Transport-wide sequence number.
    pub sequence: u16,
    /// Arrival on the leg's clock in ticks of 250 µs; any origin, the same for all calls.
    pub at_ticks: u64,
}

/// Writes the part of a feedback packet behind the two SSRCs: from base sequence to last delta.
///
/// `arrivals` are in order of sequence number (modulo 2^16), each at most once, none before
/// `base_sequence`. Returns the bytes written (unpadded) and how many arrivals they cover: fewer
/// than given when [`MAX_STATUSES`], the buffer, or the ±8 s range of a delta ends the packet.
///
/// # Errors
/// `BufferFull` when not even the first arrival fits, or there is none.
pub fn write_body(
    out: &mut [u8],
    base_sequence: u16,
    feedback_count: u8,
    arrivals: &[Arrival],
) -> Result<(usize, usize), BufferFull> {
    let first = arrivals.first().ok_or(BufferFull)?;
    let reference = (first.at_ticks / TICKS_PER_UNIT as u64) as i64;
    let mut symbols = [0u8; MAX_STATUSES];
    let mut count = 0;
    let mut covered = 0;
    let mut deltas_len = 0;
    let mut clock = reference * TICKS_PER_UNIT;
    for arrival in arrivals {
        let at = usize::from(arrival.sequence.wrapping_sub(base_sequence));
        let delta = arrival.at_ticks as i64 - clock;
        let symbol = if (0..=255).contains(&delta) { 1 } else { 2 };
        let chunks_len = 2 * (at / 7 + 1);
        let total = 8 + chunks_len + deltas_len + usize::from(delta_size(symbol));
        if at >= MAX_STATUSES || i16::try_from(delta).is_err() || total > out.len() {
            break;
        }
        clock += delta;
        symbols[at] = symbol;
        deltas_len += usize::from(delta_size(symbol));
        count = at + 1;
        covered += 1;
    }
    if covered == 0 {
        return Err(BufferFull);
    }
    out[0..2].copy_from_slice(&base_sequence.to_be_bytes());
    out[2..4].copy_from_slice(&(count as u16).to_be_bytes());
    out[4..7].copy_from_slice(&(reference as u32).to_be_bytes()[1..]);
    out[7] = feedback_count;
    let mut at = 8;
    for seven in symbols[..count].chunks(7) {
        let word = seven
            .iter()
            .enumerate()
            .fold(0xc000u16, |word, (i, symbol)| word | (u16::from(*symbol) << (12 - 2 * i)));
        out[at..at + 2].copy_from_slice(&word.to_be_bytes());
        at += 2;
    }
    let mut clock = reference * TICKS_PER_UNIT;
    for arrival in &arrivals[..covered] {
        let delta = arrival.at_ticks as i64 - clock;
        clock += delta;
        if (0..=255).contains(&delta) {
            out[at] = delta as u8;
            at += 1;
        } else {
            out[at..at + 2].copy_from_slice(&(delta as i16).to_be_bytes());
            at += 2;
        }
    }
    Ok((at, covered))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn round_trip(base: u16, arrivals: &[Arrival]) -> (Vec<PacketStatus>, usize) {
        let mut body = vec![0u8; 8 + 1400];
        let (len, covered) = write_body(&mut body[8..], base, 7, arrivals).unwrap();
        body.truncate(8 + len);
        let feedback = TransportFeedback::parse(&body).unwrap();
        assert_eq!((feedback.base_sequence, feedback.feedback_count), (base, 7));
        (feedback.statuses().collect(), covered)
    }

    proptest! {
        #[test]
        fn written_feedback_reads_back(
            base: u16,
            origin in 0u64..1_000_000,
            steps in prop::collection::vec((1u16..12, -2_000i64..2_000), 1..120),
        ) {
            let mut sequence = base.wrapping_sub(1);
            let mut ticks = 1_000_000 + origin as i64;
            let arrivals: Vec<_> = steps
                .iter()
                .map(|(gap, delta)| {
                    sequence = sequence.wrapping_add(*gap);
                    ticks += delta;
                    Arrival { sequence, at_ticks: ticks as u64 }
                })
                .collect();
            let (statuses, covered) = round_trip(base, &arrivals);
            prop_assert!(covered > 0);
            // The reference time keeps 24 bits; tests stay below their wrap.
            let seen: Vec<_> = statuses.iter().filter(|s| s.arrival_us.is_some()).collect();
            prop_assert_eq!(seen.len(), covered);
            for (status, arrival) in seen.iter().zip(&arrivals) {
                prop_assert_eq!(status.sequence, arrival.sequence);
                prop_assert_eq!(status.arrival_us, Some(arrival.at_ticks as i64 * DELTA_TICK_US));
            }
        }
    }

    #[test]
    fn run_length_and_one_bit_chunks_are_read() {
        let mut body = vec![0; 8];
        body.extend_from_slice(&[0, 10, 0, 5, 0, 0, 1, 0]);
        // Run of three "small" (0x2003), then one-bit vector 0b01: lost, received.
        body.extend_from_slice(&[0x20, 0x03, 0x90, 0x00, 1, 2, 3, 4]);
        let feedback = TransportFeedback::parse(&body).unwrap();
        let arrivals: Vec<_> = feedback.statuses().map(|s| s.arrival_us).collect();
        let us = |ticks: i64| Some(REFERENCE_UNIT_US + ticks * DELTA_TICK_US);
        assert_eq!(arrivals, [us(1), us(3), us(6), None, us(10)]);
    }

    #[test]
    fn endless_and_truncated_status_lists_are_refused() {
        let mut zero_runs = vec![0; 10];
        zero_runs.extend_from_slice(&[0xff, 0xff, 0, 0, 0, 0, 0x20, 0, 0x20, 0]);
        assert_eq!(TransportFeedback::parse(&zero_runs).unwrap_err(), PacketDrop::WrongLength);
        zero_runs.truncate(16);
        assert_eq!(TransportFeedback::parse(&zero_runs).unwrap_err(), PacketDrop::Truncated);
    }
}
