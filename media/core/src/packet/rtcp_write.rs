//! Writes compound RTCP packets into the caller's buffer.
//!
//! Called by `stream` and the shard when reports and feedback are due; the result is sealed as one
//! SRTCP packet. Never allocates: a packet that does not fit leaves the buffer as it was.

use super::rtcp::{ReportBlock, SenderReport, format, kind};
use super::twcc::{self, Arrival};
use crate::error::BufferFull;

/// Most reception report blocks in one report (5-bit count, RFC 3550 section 6.4.1).
pub const MAX_REPORT_BLOCKS: usize = 31;
/// Longest canonical name, in bytes.
pub const MAX_CNAME_LEN: usize = 64;

/// Appends RTCP packets to one compound.
#[derive(Debug)]
pub struct RtcpWriter<'a> {
    out: &'a mut [u8],
    len: usize,
}

impl<'a> RtcpWriter<'a> {
    /// Starts an empty compound in `out`.
    pub fn new(out: &'a mut [u8]) -> Self {
        Self { out, len: 0 }
    }

    /// Bytes written so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Nothing was written yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Sender report without reception reports.
    ///
    /// # Errors
    /// `BufferFull` when it does not fit.
    pub fn sender_report(&mut self, report: &SenderReport) -> Result<(), BufferFull> {
        let body = self.begin(0, kind::SR, 24)?;
        body[0..4].copy_from_slice(&report.ssrc.to_be_bytes());
        body[4..12].copy_from_slice(&report.ntp.to_be_bytes());
        body[12..16].copy_from_slice(&report.rtp_time.to_be_bytes());
        body[16..20].copy_from_slice(&report.packets.to_be_bytes());
        body[20..24].copy_from_slice(&report.octets.to_be_bytes());
        Ok(())
    }

    /// Receiver report of `sender` with at most [`MAX_REPORT_BLOCKS`] blocks.
    ///
    /// # Errors
    /// `BufferFull` when it does not fit or there are too many blocks.
    pub fn receiver_report(&mut self, sender: u32, blocks: &[ReportBlock]) -> Result<(), BufferFull> {
        if blocks.len() > MAX_REPORT_BLOCKS {
            return Err(BufferFull);
        }
        let body = self.begin(blocks.len() as u8, kind::RR, 4 + 24 * blocks.len())?;
        body[0..4].copy_from_slice(&sender.to_be_bytes());
        for (block, out) in blocks.iter().zip(body[4..].chunks_exact_mut(24)) {
            // The field is 24 bits wide; RFC 3550 section 6.4.1 clamps instead of wrapping.
            let lost = block.cumulative_lost.clamp(-0x80_0000, 0x7f_ffff).to_be_bytes();
            out[0..4].copy_from_slice(&block.ssrc.to_be_bytes());
            out[4] = block.fraction_lost;
            out[5..8].copy_from_slice(&lost[1..]);
            out[8..12].copy_from_slice(&block.highest_sequence.to_be_bytes());
            out[12..16].copy_from_slice(&block.jitter.to_be_bytes());
            out[16..20].copy_from_slice(&block.last_sr.to_be_bytes());
            out[20..24].copy_from_slice(&block.delay_since_last_sr.to_be_bytes());
        }
        Ok(())
    }

    /// Source description with the canonical name of one source.
    ///
    /// # Errors
    /// `BufferFull` when it does not fit or the name is longer than [`MAX_CNAME_LEN`].
    pub fn canonical_name(&mut self, ssrc: u32, name: &str) -> Result<(), BufferFull> {
        if name.len() > MAX_CNAME_LEN {
            return Err(BufferFull);
        }
        // Source, item type, item length, name, and at least one terminating zero.
        let body = self.begin(1, kind::SDES, (7 + name.len()).next_multiple_of(4))?;
        body.fill(0);
        body[0..4].copy_from_slice(&ssrc.to_be_bytes());
        body[4] = 1;
        body[5] = name.len() as u8;
        body[6..6 + name.len()].copy_from_slice(name.as_bytes());
        Ok(())
    }

    /// The given sources stop sending; at most 31.
    ///
    /// # Errors
    /// `BufferFull` when they do not fit.
    pub fn goodbye(&mut self, sources: &[u32]) -> Result<(), BufferFull> {
        if sources.len() > MAX_REPORT_BLOCKS {
            return Err(BufferFull);
        }
        let body = self.begin(sources.len() as u8, kind::BYE, 4 * sources.len())?;
        for (ssrc, out) in sources.iter().zip(body.chunks_exact_mut(4)) {
            out.copy_from_slice(&ssrc.to_be_bytes());
        }
        Ok(())
    }

    /// Generic NACK for `lost`, ascending modulo 2^16. Neighbours share an item.
    ///
    /// # Errors
    /// `BufferFull` when the items do not fit or nothing is lost.
    pub fn nack(&mut self, sender: u32, media: u32, lost: &[u16]) -> Result<(), BufferFull> {
        let items = nack_items(lost).count();
        if items == 0 {
            return Err(BufferFull);
        }
        let body = self.begin(format::NACK, kind::TRANSPORT_FEEDBACK, 8 + 4 * items)?;
        body[0..4].copy_from_slice(&sender.to_be_bytes());
        body[4..8].copy_from_slice(&media.to_be_bytes());
        for ((first, following), out) in nack_items(lost).zip(body[8..].chunks_exact_mut(4)) {
            out[0..2].copy_from_slice(&first.to_be_bytes());
            out[2..4].copy_from_slice(&following.to_be_bytes());
        }
        Ok(())
    }

    /// Picture loss indication: asks `media` for a key frame.
    ///
    /// # Errors
    /// `BufferFull` when it does not fit.
    pub fn pli(&mut self, sender: u32, media: u32) -> Result<(), BufferFull> {
        let body = self.begin(format::PLI, kind::PAYLOAD_FEEDBACK, 8)?;
        body[0..4].copy_from_slice(&sender.to_be_bytes());
        body[4..8].copy_from_slice(&media.to_be_bytes());
        Ok(())
    }

    /// Transport-wide feedback; see [`twcc::write_body`]. Returns how many arrivals it covers.
    ///
    /// # Errors
    /// `BufferFull` when not even one arrival fits.
    pub fn transport_feedback(
        &mut self,
        sender: u32,
        media: u32,
        base_sequence: u16,
        feedback_count: u8,
        arrivals: &[Arrival],
    ) -> Result<usize, BufferFull> {
        let start = self.len;
        // Three bytes are kept back for padding to a 32-bit boundary.
        let room = self.out.len().saturating_sub(3);
        let out = self.out.get_mut(start..room).filter(|out| out.len() > 12).ok_or(BufferFull)?;
        let (body, covered) = twcc::write_body(&mut out[12..], base_sequence, feedback_count, arrivals)?;
        let unpadded = 12 + body;
        let padding = unpadded.next_multiple_of(4) - unpadded;
        let out = self.begin(format::TRANSPORT_CC, kind::TRANSPORT_FEEDBACK, unpadded + padding - 4)?;
        out[0..4].copy_from_slice(&sender.to_be_bytes());
        out[4..8].copy_from_slice(&media.to_be_bytes());
        if padding > 0 {
            let len = out.len();
            out[len - padding..].fill(0);
            out[len - 1] = padding as u8;
            self.out[start] |= 0x20;
        }
        Ok(covered)
    }

    /// Writes a packet header and returns the `body_len` bytes behind it, to be filled completely.
    fn begin(&mut self, count: u8, kind: u8, body_len: usize) -> Result<&mut [u8], BufferFull> {
        let end = self.len + 4 + body_len;
        let packet = self.out.get_mut(self.len..end).ok_or(BufferFull)?;
        packet[0] = 0x80 | count;
        packet[1] = kind;
        packet[2..4].copy_from_slice(&((body_len / 4) as u16).to_be_bytes());
        self.len = end;
        Ok(&mut packet[4..])
    }
}

/// Groups ascending sequence numbers into (first, bitmap of the sixteen after it).
fn nack_items(lost: &[u16]) -> impl Iterator<Item = (u16, u16)> {
    let mut rest = lost;
    std::iter::from_fn(move || {
        let (&first, mut tail) = rest.split_first()?;
        let mut following = 0u16;
        while let Some((&next, after)) = tail.split_first() {
            match next.wrapping_sub(first) {
                0 => {}
                distance @ 1..=16 => following |= 1 << (distance - 1),
                _ => break,
            }
            tail = after;
        }
        rest = tail;
        Some((first, following))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::rtcp::{RtcpPacket, compound};

    fn written(fill: impl FnOnce(&mut RtcpWriter<'_>)) -> Vec<u8> {
        let mut buffer = [0xaau8; 1200];
        let mut writer = RtcpWriter::new(&mut buffer);
        fill(&mut writer);
        let len = writer.len();
        buffer[..len].to_vec()
    }

    #[test]
    fn compound_of_every_kind_reads_back() {
        let report = SenderReport { ssrc: 1, ntp: 2 << 40, rtp_time: 3, packets: 4, octets: 5 };
        let block = ReportBlock {
            ssrc: 9,
            fraction_lost: 12,
            cumulative_lost: -3,
            highest_sequence: 0x1_0002,
            jitter: 33,
            last_sr: 44,
            delay_since_last_sr: 55,
        };
        let bytes = written(|w| {
            w.sender_report(&report).unwrap();
            w.receiver_report(7, &[block, block]).unwrap();
            w.canonical_name(1, "diemcau").unwrap();
            w.nack(1, 2, &[65_534, 65_535, 0, 40, 41]).unwrap();
            w.pli(1, 3).unwrap();
            let arrivals = [Arrival { sequence: 100, at_ticks: 1_000 }];
            assert_eq!(w.transport_feedback(1, 2, 100, 0, &arrivals), Ok(1));
            w.goodbye(&[1, 2]).unwrap();
        });
        assert_eq!(bytes.len() % 4, 0);
        let packets: Vec<_> = compound(&bytes).collect();
        let [
            RtcpPacket::SenderReport(sr, _),
            RtcpPacket::ReceiverReport(7, blocks),
            RtcpPacket::SourceDescription,
            RtcpPacket::Nack(2, lost),
            RtcpPacket::Pli(3),
            RtcpPacket::TransportFeedback(feedback),
            RtcpPacket::Goodbye(gone),
        ] = &packets[..]
        else {
            panic!("unexpected compound {packets:?}")
        };
        assert_eq!(*sr, report);
        assert_eq!(blocks.clone().collect::<Vec<_>>(), [block, block]);
        assert_eq!(lost.clone().collect::<Vec<_>>(), [65_534, 65_535, 0, 40, 41]);
        assert_eq!(feedback.statuses().count(), 1);
        assert_eq!(gone.clone().collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn packet_that_does_not_fit_leaves_the_compound_whole() {
        let mut buffer = [0u8; 20];
        let mut writer = RtcpWriter::new(&mut buffer);
        writer.pli(1, 2).unwrap();
        assert_eq!(writer.pli(1, 2), Err(BufferFull));
        assert_eq!(writer.nack(1, 2, &[]), Err(BufferFull));
        let arrivals = [Arrival { sequence: 0, at_ticks: 0 }];
        assert_eq!(writer.transport_feedback(1, 2, 0, 0, &arrivals), Err(BufferFull));
        assert_eq!(writer.len(), 12);
    }
}
