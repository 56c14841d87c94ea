//! The way out: each packet that a room hands out is written and sealed once, straight into the
//! send arena of the receiver's path.
//!
//! The packet path: no allocation, no lock, and no packet is kept.

use super::legs::Legs;
use super::wire::Wire;
use crate::counters::Counters;
use media_core::packet::rtp_write::MAX_WRITTEN_HEADER_LEN;
use media_core::room::{Outgoing, Purpose};
use media_core::stream::ids::LegKey;

/// Seals `out` for `leg` and queues it. A leg without keys gets nothing.
pub(super) fn seal(
    legs: &mut Legs,
    wire: &mut Wire,
    counters: &mut Counters,
    leg: LegKey,
    out: &Outgoing<'_>,
) {
    let Some(leg) = legs.by_key_mut(leg) else { return };
    let Some(flow) = leg.flow.as_mut() else { return };
    let mut header = [0; MAX_WRITTEN_HEADER_LEN];
    let written = match &leg.outside {
        None => out.header.write(&mut header),
        // Who only sends is asked for nothing, and its link for no more than it takes.
        Some(outside) if !outside.receives() => return,
        Some(outside) => match outside.numbers.outgoing(&out.header) {
            Some(theirs) => theirs.write_by(&outside.numbers.extensions, &mut header),
            None => {
                counters.untaken += 1;
                return;
            }
        },
    };
    let room = wire.room(counters);
    let sealed = written
        .ok()
        .and_then(|len| flow.sender.seal_rtp(out.index, &header[..len], &[], out.payload, room).ok());
    match sealed {
        Some(len) => {
            wire.commit(len, &flow.path, counters);
            counters.forwarded_packets += u64::from(out.purpose != Purpose::Probe);
            counters.repaired_packets += u64::from(out.purpose == Purpose::Repair);
            counters.probe_packets += u64::from(out.purpose == Purpose::Probe);
        }
        None => counters.seal_refused += 1,
    }
}
