//! Walks compound RTCP packets (RFC 3550, 4585, 5104) without copying.
//!
//! Called by the shard and `stream` on every opened SRTCP packet. Never allocates; the walk ends at
//! the first packet whose length does not fit, because nothing after it can be trusted.

use super::twcc::TransportFeedback;

/// Packet types (RFC 3550 section 12.1, RFC 4585 section 6.1).
pub(crate) mod kind {
    pub const SR: u8 = 200;
    pub const RR: u8 = 201;
    pub const SDES: u8 = 202;
    pub const BYE: u8 = 203;
    pub const TRANSPORT_FEEDBACK: u8 = 205;
    pub const PAYLOAD_FEEDBACK: u8 = 206;
}

/// Feedback formats inside types 205 and 206.
pub(crate) mod format {
    pub const NACK: u8 = 1;
    pub const TRANSPORT_CC: u8 = 15;
    pub const PLI: u8 = 1;
    pub const FIR: u8 = 4;
    pub const REMB: u8 = 15;
}

/// One reception report block.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReportBlock {
    /// The source reported on.
    pub ssrc: u32,
    /// Loss since the previous report, in 1/256.
    pub fraction_lost: u8,
    /// Packets lost since the start, 24-bit signed.
    pub cumulative_lost: i32,
    /// Highest sequence number received, extended by its cycles.
    pub highest_sequence: u32,
    /// Interarrival jitter in units of the source's clock.
    pub jitter: u32,
    /// Middle 32 bits of the NTP time of the last sender report; 0 when none came.
    pub last_sr: u32,
    /// Delay since that report in 1/65536 s.
    pub delay_since_last_sr: u32,
}

/// The sender's half of a sender report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SenderReport {
    /// The reporting source.
    pub ssrc: u32,
    /// Wall time, 32.32 fixed point seconds since 1900.
    pub ntp: u64,
    /// The same instant in media time.
    pub rtp_time: u32,
    /// Packets sent, modulo 2^32.
    pub packets: u32,
    /// Payload bytes sent, modulo 2^32.
    pub octets: u32,
}

/// One packet of a compound.
#[derive(Debug, Clone)]
pub enum RtcpPacket<'a> {
    /// Sender report with its reception reports.
    SenderReport(SenderReport, ReportBlocks<'a>),
    /// Receiver report: the reporting source and its reception reports.
    ReceiverReport(u32, ReportBlocks<'a>),
    /// Source description; its text is of no use here.
    SourceDescription,
    /// The listed sources stop sending.
    Goodbye(Sources<'a>),
    /// Generic negative acknowledgement: media source and lost sequence numbers.
    Nack(u32, NackedSequences<'a>),
    /// Picture loss indication for this media source.
    Pli(u32),
    /// Full intra request for each listed media source.
    Fir(FirTargets<'a>),
    /// Transport-wide congestion feedback.
    TransportFeedback(TransportFeedback<'a>),
    /// Receiver estimated maximum bitrate, in bit/s.
    Remb(u64),
    /// A well-formed packet of a type or format that we do not use.
    Other {
        /// RTCP packet type.
        packet_type: u8,
        /// Count or format field.
        format: u8,
    },
    /// A packet whose inside contradicts its length; the walk goes on behind it.
    Malformed,
}

/// Walks the packets of one compound. See [`compound`].
#[derive(Debug, Clone)]
pub struct Compound<'a> {
    rest: &'a [u8],
}

/// Starts the walk over an opened (decrypted) compound packet.
#[must_use]
pub fn compound(bytes: &[u8]) -> Compound<'_> {
    Compound { rest: bytes }
}

fn be16(bytes: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([bytes[at], bytes[at + 1]])
}

fn be32(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

impl<'a> Iterator for Compound<'a> {
    type Item = RtcpPacket<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest;
        if rest.len() < 4 {
            return None;
        }
        let len = 4 * (usize::from(be16(rest, 2)) + 1);
        if rest[0] >> 6 != 2 || rest.len() < len {
            self.rest = &[];
            return Some(RtcpPacket::Malformed);
        }
        self.rest = &rest[len..];
        Some(one(&rest[..len]).unwrap_or(RtcpPacket::Malformed))
    }
}

/// Reads one packet of exactly its announced length; `None` when its inside does not fit.
fn one(packet: &[u8]) -> Option<RtcpPacket<'_>> {
    let (count, packet_type) = (packet[0] & 0x1f, packet[1]);
    let body = unpadded(packet)?.get(4..)?;
    Some(match (packet_type, count) {
        (kind::SR, _) if body.len() >= 24 => {
            let report = SenderReport {
                ssrc: be32(body, 0),
                ntp: (u64::from(be32(body, 4)) << 32) | u64::from(be32(body, 8)),
                rtp_time: be32(body, 12),
                packets: be32(body, 16),
                octets: be32(body, 20),
            };
            RtcpPacket::SenderReport(report, ReportBlocks::new(&body[24..], count)?)
        }
        (kind::RR, _) if body.len() >= 4 => {
            RtcpPacket::ReceiverReport(be32(body, 0), ReportBlocks::new(&body[4..], count)?)
        }
        (kind::SDES, _) => RtcpPacket::SourceDescription,
        (kind::BYE, _) => RtcpPacket::Goodbye(Sources { words: body.get(..4 * usize::from(count))? }),
        (kind::TRANSPORT_FEEDBACK, format::NACK) if body.len() >= 8 => {
            let items = &body[8..];
            let lost = NackedSequences { items, first: None, following: 0 };
            RtcpPacket::Nack(be32(body, 4), lost)
        }
        (kind::TRANSPORT_FEEDBACK, format::TRANSPORT_CC) => {
            RtcpPacket::TransportFeedback(TransportFeedback::parse(body).ok()?)
        }
        (kind::PAYLOAD_FEEDBACK, format::PLI) if body.len() >= 8 => RtcpPacket::Pli(be32(body, 4)),
        (kind::PAYLOAD_FEEDBACK, format::FIR) if body.len() >= 8 => {
            RtcpPacket::Fir(FirTargets { items: &body[8..] })
        }
        (kind::PAYLOAD_FEEDBACK, format::REMB) if body.get(8..12) == Some(b"REMB") => {
            let [_, high, mid, low] = *body.get(12..16)? else {
                return None;
            };
            let mantissa = u64::from(u32::from_be_bytes([0, high & 3, mid, low]));
            // An exponent of up to 63 would overflow; more than 2^63 bit/s means "no limit".
            RtcpPacket::Remb(mantissa.checked_shl(u32::from(high >> 2)).unwrap_or(u64::MAX))
        }
        (kind::SR | kind::RR, _)
        | (kind::TRANSPORT_FEEDBACK, format::NACK)
        | (kind::PAYLOAD_FEEDBACK, format::PLI | format::FIR) => return None,
        (packet_type, format) => RtcpPacket::Other { packet_type, format },
    })
}

fn unpadded(packet: &[u8]) -> Option<&[u8]> {
    if packet[0] & 0x20 == 0 {
        return Some(packet);
    }
    let count = usize::from(*packet.last()?);
    if count == 0 || count > packet.len() - 4 {
        return None;
    }
    Some(&packet[..packet.len() - count])
}

/// Reception report blocks in order.
#[derive(Debug, Clone)]
pub struct ReportBlocks<'a> {
    blocks: &'a [u8],
}

impl<'a> ReportBlocks<'a> {
    fn new(bytes: &'a [u8], count: u8) -> Option<Self> {
        bytes.get(..24 * usize::from(count)).map(|blocks| Self { blocks })
    }
}

impl Iterator for ReportBlocks<'_> {
    type Item = ReportBlock;

    fn next(&mut self) -> Option<ReportBlock> {
        let (block, rest) = self.blocks.split_at_checked(24)?;
        self.blocks = rest;
        Some(ReportBlock {
            ssrc: be32(block, 0),
            fraction_lost: block[4],
            // Sign-extends the 24-bit field by shifting it through the top of an i32.
            cumulative_lost: (be32(block, 4) << 8) as i32 >> 8,
            highest_sequence: be32(block, 8),
            jitter: be32(block, 12),
            last_sr: be32(block, 16),
            delay_since_last_sr: be32(block, 20),
        })
    }
}

/// Sources of a BYE.
#[derive(Debug, Clone)]
pub struct Sources<'a> {
    words: &'a [u8],
}

impl Iterator for Sources<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let (word, rest) = self.words.split_at_checked(4)?;
        self.words = rest;
        Some(be32(word, 0))
    }
}

/// Lost sequence numbers of one NACK, in the order of its items.
#[derive(Debug, Clone)]
pub struct NackedSequences<'a> {
    items: &'a [u8],
    first: Option<u16>,
    following: u16,
}

impl Iterator for NackedSequences<'_> {
    type Item = u16;

    fn next(&mut self) -> Option<u16> {
        if let (Some(first), true) = (self.first, self.following != 0) {
            let bit = self.following.trailing_zeros() as u16;
            self.following &= self.following - 1;
            return Some(first.wrapping_add(bit + 1));
        }
        let (item, rest) = self.items.split_at_checked(4)?;
        self.items = rest;
        self.first = Some(be16(item, 0));
        self.following = be16(item, 2);
        self.first
    }
}

/// Media sources of a full intra request.
#[derive(Debug, Clone)]
pub struct FirTargets<'a> {
    items: &'a [u8],
}

impl Iterator for FirTargets<'_> {
    /// Media source and the request's sequence number.
    type Item = (u32, u8);

    fn next(&mut self) -> Option<(u32, u8)> {
        let (item, rest) = self.items.split_at_checked(8)?;
        self.items = rest;
        Some((be32(item, 0), item[4]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nack_items_expand_to_sequences() {
        let bytes = [0x81, 205, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0xff, 0xff, 0b1000_0000, 0b101];
        let Some(RtcpPacket::Nack(2, lost)) = compound(&bytes).next() else { panic!("no nack") };
        assert_eq!(lost.collect::<Vec<_>>(), [0xffff, 0, 2, 15]);
    }

    #[test]
    fn negative_cumulative_loss_is_sign_extended() {
        let mut bytes = vec![0x81, 201, 0, 7, 0, 0, 0, 9];
        bytes.extend_from_slice(&[0, 0, 0, 5, 0x20, 0xff, 0xff, 0xfe]);
        bytes.extend_from_slice(&[0; 16]);
        let Some(RtcpPacket::ReceiverReport(9, mut blocks)) = compound(&bytes).next() else {
            panic!("no report")
        };
        let block = blocks.next().unwrap();
        assert_eq!((block.ssrc, block.fraction_lost, block.cumulative_lost), (5, 0x20, -2));
        assert!(blocks.next().is_none());
    }

    #[test]
    fn report_count_beyond_the_packet_is_malformed() {
        let bytes = [0x9f, 201, 0, 1, 0, 0, 0, 9];
        assert!(matches!(compound(&bytes).next(), Some(RtcpPacket::Malformed)));
    }

    #[test]
    fn malformed_inside_does_not_hide_the_next_packet() {
        let bytes = [0x81, 206, 0, 1, 0, 0, 0, 1, 0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 7];
        let kinds: Vec<_> = compound(&bytes).collect();
        assert!(matches!(kinds[..], [RtcpPacket::Malformed, RtcpPacket::Pli(7)]));
    }

    #[test]
    fn length_past_the_end_stops_the_walk() {
        let bytes = [0x80, 200, 0, 200, 1, 2, 3, 4];
        let kinds: Vec<_> = compound(&bytes).collect();
        assert!(matches!(kinds[..], [RtcpPacket::Malformed]));
        assert!(compound(&[]).next().is_none());
    }

    #[test]
    fn remb_exponent_shifts_the_mantissa() {
        let bytes = [0x8f, 206, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, b'R', b'E', b'M', b'B', 0, (2 << 2) | 1, 0, 3];
        let Some(RtcpPacket::Remb(bitrate)) = compound(&bytes).next() else { panic!("no remb") };
        assert_eq!(bitrate, 0x1_0003 << 2);
    }
}
