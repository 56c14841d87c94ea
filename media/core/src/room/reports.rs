//! What the room hears and says about its streams: RTCP both ways, passing time.
//!
//! Called by the shard through `Room`, `tick` every 5–20 ms. Never sends media.

use super::Room;
use super::publisher::{Publisher, STOPPED_AFTER, STREAMS_PER_LEG, source_of, split_number};
use super::types::{Feedback, Tick};
use super::viewer::{COSTLY_PIECE, Viewer};
use crate::packet::rtcp::{ReportBlock, SenderReport};
use crate::stream::ids::{Layer, LegKey, SourceKind};
use std::time::{Duration, Instant};

/// Receiver reports to a leg; browsers stop sending mid and rid after the first one.
const REPORT_EVERY: Duration = Duration::from_millis(500);
/// Sender reports of a slot.
const SENDER_REPORT_EVERY: Duration = Duration::from_secs(1);
/// How often missing packets are looked through.
const NACK_EVERY: Duration = Duration::from_millis(10);
/// How often layers are chosen anew without a reason.
const PLAN_EVERY: Duration = Duration::from_millis(250);
/// How often every stream and slot is looked at: with 277 legs one look touches 12,000 of them.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// Sequence numbers of one NACK.
const MAX_NACKED: usize = 64;
/// A sender whose clock is further than this from the arrival of its packets is not believed.
const MAX_CLOCK_ERROR_S: u32 = 3;
/// A round trip beyond this is a clock that was set, not a network.
const MAX_ROUND_TRIP: Duration = Duration::from_secs(10);

impl Room {
    /// A viewer asks for a key frame of a slot (PLI or FIR). Ignored and counted for a slot that
    /// shows nothing.
    pub fn keyframe_asked(&mut self, now: Instant, leg: LegKey, media_ssrc: u32) {
        let Some(viewer) = self.roster.place(leg).and_then(|place| self.viewers[place].as_mut()) else {
            return;
        };
        if !viewer.feedback.take(now, COSTLY_PIECE) {
            self.counters.feedback_refused += 1;
            return;
        }
        viewer.tally.keyframes_wanted = viewer.tally.keyframes_wanted.wrapping_add(1);
        let (at, age) = (viewer.slot_of(media_ssrc), viewer.age(now));
        let slot = at.and_then(|at| viewer.slots.get_mut(at));
        let streams = slot.as_ref().map(|slot| [slot.target, slot.live]);
        for stream in streams.into_iter().flatten().flatten() {
            let (leg, place) = split_number(stream);
            let (source, layer) = source_of(place);
            let publisher = self.publishers[leg].as_mut().filter(|_| source.is_video());
            if let Some(publisher) = publisher.filter(|it| it.is_arriving(now, source, layer)) {
                let keyframes = &mut publisher.sources[source as usize].keyframes;
                // Every key frame costs all who look at the sender, so one viewer gets few.
                if keyframes.is_wanted(layer) {
                    return;
                }
                if slot.is_some_and(|slot| slot.may_ask_keyframe(age)) {
                    keyframes.want(layer);
                } else {
                    self.counters.keyframes_damped += 1;
                }
                return;
            }
        }
        self.counters.keyframes_ignored += 1;
    }

    /// A sender report about a stream of a local leg.
    pub fn sender_report(&mut self, now: Instant, leg: LegKey, report: &SenderReport) {
        let Some((source, layer)) = self.stream_of(leg, report.ssrc) else { return };
        let uplink =
            self.roster.place(leg).and_then(|place| self.publishers[place].as_mut()?.uplink.as_mut());
        let stream = super::publisher::stream_number(0, source, layer) as usize;
        if let Some(arrivals) = uplink.and_then(|uplink| uplink.arrivals[stream].as_mut()) {
            arrivals.sender_report(now, report.ntp);
        }
        self.clock_map(now, leg, (source, layer), report.ntp, report.rtp_time);
    }

    /// A sender report about a stream of a leg, here or elsewhere: RTP time `timestamp` was captured at
    /// `ntp` (32.32) of the sender's clock, and the report came to its first shard at `at`.
    pub fn clock_map(
        &mut self,
        at: Instant,
        leg: LegKey,
        (source, layer): (SourceKind, Layer),
        ntp: u64,
        timestamp: u32,
    ) {
        let at_us = self.micros(at);
        let Some(place) = self.roster.place(leg) else { return };
        let Some(publisher) = &mut self.publishers[place] else { return };
        let stream = super::publisher::stream_number(0, source, layer) as usize;
        publisher.clock.get_or_insert_default().note(at_us, stream, ntp, timestamp);
    }

    /// Time of the room's clock in µs; a relayed report may have come before the room was made.
    fn micros(&self, at: Instant) -> i64 {
        match at.checked_duration_since(self.born) {
            Some(since) => since.as_micros() as i64,
            None => -(self.born.duration_since(at).as_micros() as i64),
        }
    }

    /// Which stream of a local leg has this SSRC.
    #[must_use]
    pub fn stream_of(&self, leg: LegKey, ssrc: u32) -> Option<(SourceKind, Layer)> {
        let publisher = self.publishers[self.roster.place(leg)?].as_ref()?;
        let arrivals = &publisher.uplink.as_ref()?.arrivals;
        let number = arrivals.iter().position(|it| it.as_ref().is_some_and(|it| it.ssrc() == ssrc))?;
        Some(source_of(number))
    }

    /// A viewer's report block about one of its slots. `ntp` is our wall time now, 32.32.
    pub fn receiver_report(&mut self, now: Instant, ntp: u64, leg: LegKey, block: &ReportBlock) {
        let Some(place) = self.roster.place(leg) else { return };
        let Some(viewer) = &mut self.viewers[place] else { return };
        if !viewer.feedback.take(now, COSTLY_PIECE) {
            self.counters.feedback_refused += 1;
            return;
        }
        if viewer.slot_of(block.ssrc).is_none() {
            return;
        }
        // RFC 3550 section 6.4.1: A − LSR − DLSR, all in 1/65536 s.
        if block.last_sr != 0 {
            let elapsed = ((ntp >> 16) as u32).wrapping_sub(block.last_sr);
            let trip = elapsed.wrapping_sub(block.delay_since_last_sr);
            let trip = Duration::from_micros(u64::from(trip) * 1_000_000 / 65_536);
            if trip < MAX_ROUND_TRIP {
                let smoothed = viewer.round_trip.map_or(trip, |known| (known * 7 + trip) / 8);
                viewer.round_trip = Some(smoothed);
            }
        }
        if !viewer.has_transport_feedback {
            let lost = u32::from(block.fraction_lost);
            let sent = viewer.sent.take_figures().sent_bytes;
            viewer.reported.0 += u64::from(lost);
            viewer.reported.1 += 256;
            viewer.estimate.judge_report(now, sent, block.fraction_lost);
        }
    }

    /// A viewer says what it takes at most (REMB). Believed only where it sends no transport-wide
    /// feedback.
    pub fn receiver_estimate(&mut self, leg: LegKey, bps: u64) {
        let Some(place) = self.roster.place(leg) else { return };
        if let Some(viewer) = self.viewers[place].as_mut().filter(|it| !it.has_transport_feedback) {
            viewer.estimate.cap(bps);
        }
    }

    /// A viewer's transport-wide feedback: every sequence number that it covers, and when the packet
    /// arrived in µs of the viewer's clock, or `None`.
    pub fn transport_feedback(
        &mut self,
        now: Instant,
        leg: LegKey,
        packets: impl Iterator<Item = (u16, Option<i64>)>,
    ) {
        let Some(place) = self.roster.place(leg) else { return };
        let Some(viewer) = &mut self.viewers[place] else { return };
        viewer.has_transport_feedback = true;
        let before = viewer.estimate.bps();
        for (sequence, arrival_us) in packets {
            if !viewer.feedback.take(now, 1) {
                self.counters.feedback_refused += 1;
                break;
            }
            if !viewer.sent.has_sent(sequence) {
                self.counters.feedback_foreign += 1;
                continue;
            }
            if let Some(told) = viewer.sent.reported(now, sequence, arrival_us) {
                viewer.estimate.arrived(now, &told);
            }
        }
        let figures = viewer.sent.take_figures();
        viewer.reported.0 += u64::from(figures.lost);
        viewer.reported.1 += u64::from(figures.lost + figures.arrived);
        let sent = &viewer.sent;
        viewer.estimate.judge(now, figures.arrived, figures.lost, || sent.under_way_bytes());
        // Small rises can wait for the regular plan; a link that is full cannot.
        let after = viewer.estimate.bps();
        viewer.is_plan_wanted |= after < before || after / 5 > before / 4;
    }

    /// Lets time pass: reports, feedback, repeated requests, layer choices.
    pub fn tick(&mut self, tick: Tick, feedback: &mut impl FnMut(LegKey, Feedback<'_>)) {
        let now = tick.now;
        let looks_around = now >= self.next_look_at;
        if looks_around {
            self.next_look_at = now + LOOK_EVERY;
            self.expire(now);
        }
        if self.plan_wanted || now >= self.next_plan_at {
            self.plan_wanted = false;
            self.next_plan_at = now + PLAN_EVERY;
            self.plan(now);
        }
        self.plan_for_changed_links(now);
        for place in 0..self.publishers.len() {
            self.report_uplink(now, place, feedback);
        }
        let at_us = self.micros(now);
        for viewer in self.viewers.iter_mut().flatten().filter(|_| looks_around) {
            report_slots(tick, at_us, viewer, &self.publishers, feedback);
        }
        self.choose_lead(now);
        self.tell_changes(now);
    }

    fn expire(&mut self, now: Instant) {
        for publisher in self.publishers.iter_mut().flatten().filter(|it| it.has_arrived) {
            for source in SourceKind::ALL {
                let state = &mut publisher.sources[source as usize];
                let gone = |last| now.saturating_duration_since(last) >= STOPPED_AFTER;
                if state.is_active && state.last_at.is_none_or(gone) {
                    state.is_active = false;
                    state.keyframes.clear();
                    self.plan_wanted = true;
                    if publisher.uplink.is_some() {
                        self.source_events.push((publisher.participant, source, false));
                    }
                }
            }
            for (place, stream) in publisher.streams.iter_mut().enumerate() {
                let (source, layer) = source_of(place);
                let needs = &publisher.sources[source as usize].needs;
                if let Some(stream) = stream {
                    stream.measure(now, layer, |layer| !needs.is_told(layer));
                }
            }
        }
        self.viewers.iter_mut().flatten().for_each(|viewer| viewer.sent.set_aside());
        self.voices_changed |= self.voices.expire(now);
        if self.screen_sound.is_some_and(|(_, last)| now.saturating_duration_since(last) >= STOPPED_AFTER) {
            self.screen_sound = None;
            self.voices_changed = true;
        }
    }

    fn report_uplink(&mut self, now: Instant, place: usize, feedback: &mut impl FnMut(LegKey, Feedback<'_>)) {
        // Most legs of a large room never send.
        let Some(publisher) = self.publishers[place].as_mut().filter(|it| it.has_arrived) else { return };
        let round_trip = self.viewers[place].as_ref().and_then(|viewer| viewer.round_trip);
        let key = publisher.key;
        let Some(uplink) = &mut publisher.uplink else {
            for source in [SourceKind::Camera, SourceKind::Screen] {
                if publisher.sources[source as usize].keyframes.due(now).is_some() {
                    self.remote_keyframes.push((key, source));
                }
            }
            return;
        };
        let sender = uplink.feedback_ssrc;
        if now >= uplink.next_report_at {
            uplink.next_report_at = now + REPORT_EVERY;
            let mut blocks = [ReportBlock::default(); STREAMS_PER_LEG];
            let mut count = 0;
            for block in uplink.arrivals.iter_mut().flatten().filter_map(|it| it.report(now)) {
                blocks[count] = block;
                count += 1;
            }
            if count > 0 {
                feedback(key, Feedback::Reports { sender, blocks: &blocks[..count] });
            }
        }
        if now >= uplink.next_nack_at {
            uplink.next_nack_at = now + NACK_EVERY;
            for arrivals in uplink.arrivals.iter_mut().flatten() {
                let mut lost = [0; MAX_NACKED];
                let count = arrivals.due(now, round_trip, &mut lost);
                if count > 0 {
                    let media = arrivals.ssrc();
                    uplink.tally.asked_again = uplink.tally.asked_again.wrapping_add(count as u32);
                    feedback(key, Feedback::Nack { sender, media, lost: &lost[..count] });
                }
            }
        }
        for source in [SourceKind::Camera, SourceKind::Screen] {
            let Some(layer) = publisher.sources[source as usize].keyframes.due(now) else {
                continue;
            };
            let stream = super::publisher::stream_number(0, source, layer) as usize;
            if let Some(arrivals) = &uplink.arrivals[stream] {
                self.counters.keyframes_requested += 1;
                uplink.tally.keyframes_asked = uplink.tally.keyframes_asked.wrapping_add(1);
                feedback(key, Feedback::KeyframeRequest { sender, media: arrivals.ssrc() });
            }
        }
        let media = uplink.media_ssrc;
        while let Some(report) = uplink.recorder.due(now) {
            feedback(
                key,
                Feedback::Transport {
                    sender,
                    media,
                    base_sequence: report.base_sequence,
                    feedback_count: report.feedback_count,
                    arrivals: report.arrivals,
                },
            );
        }
    }
}

fn report_slots(
    tick: Tick,
    at_us: i64,
    viewer: &mut Viewer,
    publishers: &[Option<Publisher>],
    feedback: &mut impl FnMut(LegKey, Feedback<'_>),
) {
    let key = viewer.key;
    for slot in viewer.slots.iter_mut().filter(|slot| slot.live.is_some()) {
        if tick.now < slot.next_report_at {
            continue;
        }
        let Some((counted, packets, octets)) = slot.downlink.sender_facts(tick.now) else {
            continue;
        };
        // What the sender says of its clock is exact where it says it; by the arrival of the last packet
        // voice and lips would be as far apart as their ways were.
        let told = slot.live.and_then(|stream| {
            let (leg, place) = split_number(stream);
            let (source, _) = source_of(place);
            let clock = publishers.get(leg)?.as_ref()?.clock.as_ref()?;
            let time =
                slot.downlink.outgoing_time(stream, clock.timestamp_at(at_us, place, source.clock_hz())?)?;
            let error = time.wrapping_sub(counted) as i32;
            (error.unsigned_abs() < source.clock_hz() * MAX_CLOCK_ERROR_S).then_some(time)
        });
        let rtp_time = told.unwrap_or(counted);
        slot.next_report_at = tick.now + SENDER_REPORT_EVERY;
        let ssrc = slot.downlink.ssrc();
        feedback(key, Feedback::Sender(SenderReport { ssrc, ntp: tick.ntp, rtp_time, packets, octets }));
    }
}
