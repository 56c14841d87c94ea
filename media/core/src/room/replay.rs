//! Gives a viewer who waits for a key frame the group that is kept, so that its sender is not asked.
//!
//! `plan` asks whether a group can serve, `Room::pace` carries it out. Never asks a sender for what is
//! here, and never sends a link more at once than it carries in a moment.

use super::Room;
use super::fanout::Fan;
use super::pacer::MAX_HELD;
use super::publisher::{Stream, source_of, split_number};
use super::types::Outgoing;
use super::viewer::Viewer;
use crate::stream::group::Group;
use crate::stream::ids::LegKey;
use crate::stream::slab::PacketSlab;
use std::time::{Duration, Instant};

/// A group goes back at most this far where another size of the same camera runs: what is seen goes
/// back with it. Whoever has just come, or sees somebody else there, minds less than a key frame.
const SWITCH_AGE: Duration = Duration::from_millis(500);
/// What a group, with all that waits, may take of the estimated link: paced at two and a half times the
/// estimate, a link that carries no more holds it back by 150 ms.
const MAX_LINK_TIME: Duration = Duration::from_millis(250);
/// What somebody who has just come is given whatever is believed of a link of which nothing is known yet:
/// 2 s of a smallest picture.
const FIRST_BYTES: u64 = 40_000;
/// For this long after a viewer came, what does not fit yet waits for the link to be known.
const PATIENCE: Duration = Duration::from_secs(1);

/// Whether the kept group can serve a slot.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fitness {
    Now,
    /// As soon as less waits, or more of the link is known.
    Soon,
    No,
}

impl Room {
    /// Replays what was found to serve; what no longer does is asked of its sender. Call with every pace.
    pub(super) fn replay(
        &mut self,
        now: Instant,
        slab: &mut PacketSlab,
        sink: &mut impl FnMut(LegKey, &Outgoing<'_>),
    ) {
        if !std::mem::take(&mut self.has_replays) {
            return;
        }
        for place in 0..self.viewers.len() {
            let Some(viewer) = &mut self.viewers[place] else { continue };
            if !std::mem::take(&mut viewer.has_replays) {
                continue;
            }
            viewer.pacer.fill(now, viewer.estimate.bps());
            for rank in 0..viewer.order.len() {
                let at = usize::from(viewer.order[rank]);
                let Some(number) = viewer.slots[at].awaited() else { continue };
                let (leg, stream) = split_number(number);
                let Some(publisher) = &mut self.publishers[leg] else { continue };
                let (source, layer) = source_of(stream);
                let is_layered = publisher.layered(source).is_some();
                let Some(held) = publisher.streams[stream].as_deref_mut() else { continue };
                if viewer.slots[at].runs(number, held) || !viewer.takes.has(held.codec) {
                    continue;
                }
                let fitness = fitness(now, viewer, at, held, is_layered);
                let group = held.group.whole(now).filter(|_| fitness == Fitness::Now);
                let is_kept = |group: &Group| {
                    (group.first..=group.newest).all(|it| held.history.find(slab, it, now).is_some())
                };
                if let Some(group) = group.filter(is_kept) {
                    let (publishers, counters) = (&self.publishers, &mut self.counters);
                    counters.keyframes_replayed += 1;
                    Fan { now, slab: &mut *slab, publishers, counters, sink: &mut *sink }
                        .replay(viewer, at, number, &group);
                } else if fitness == Fitness::Soon {
                    (viewer.has_replays, self.has_replays) = (true, true);
                } else {
                    held.group.forget();
                    if publisher.is_arriving(now, source, layer) {
                        publisher.sources[source as usize].keyframes.want(layer);
                    }
                }
            }
        }
    }

    /// Whether a slot that waits for a key frame of `stream` gets it from the kept group; it then does
    /// with the next pace.
    pub(super) fn will_replay(&mut self, now: Instant, place: usize, at: usize, stream: u32) -> bool {
        let viewer = self.viewers[place].as_mut();
        let Some(viewer) = viewer.filter(|it| it.slots[at].awaited() == Some(stream)) else { return false };
        let (leg, held) = split_number(stream);
        let Some(publisher) = self.publishers.get(leg).and_then(Option::as_ref) else { return false };
        let is_layered = publisher.layered(source_of(held).0).is_some();
        let Some(held) = publisher.streams[held].as_deref() else { return false };
        let serves = fitness(now, viewer, at, held, is_layered) != Fitness::No;
        viewer.has_replays |= serves;
        self.has_replays |= serves;
        serves
    }
}

fn fitness(now: Instant, viewer: &Viewer, at: usize, stream: &Stream, is_layered: bool) -> Fitness {
    let Some(group) = stream.group.whole(now) else { return Fitness::No };
    let slot = &viewer.slots[at];
    let is_switch = !viewer.is_new(now) && slot.live.zip(slot.target).is_some_and(is_same_source);
    if is_switch && now.saturating_duration_since(group.at) >= SWITCH_AGE {
        return Fitness::No;
    }
    // Of a layered stream only a part goes out.
    let share = stream.share_percent(slot.layer).filter(|_| is_layered).unwrap_or(100);
    let (bytes, packets) = (u64::from(group.bytes) * share / 100, u64::from(group.packets) * share / 100);
    let first = if viewer.is_new(now) { FIRST_BYTES } else { 0 };
    let carried = (u64::from(viewer.estimate.bps()) * MAX_LINK_TIME.as_millis() as u64 / 8_000).max(first);
    let most = MAX_HELD as u64;
    let waiting = viewer.pacer.waiting() as u64;
    if bytes + viewer.pacer.waiting_bytes() <= carried && packets + waiting <= most {
        Fitness::Now
    } else if viewer.age(now) < PATIENCE && packets <= most {
        Fitness::Soon
    } else {
        Fitness::No
    }
}

/// Whether two streams are sizes of one camera or screen.
fn is_same_source((one, other): (u32, u32)) -> bool {
    let source = |stream| {
        let (leg, place) = split_number(stream);
        (leg, source_of(place).0)
    };
    source(one) == source(other)
}
