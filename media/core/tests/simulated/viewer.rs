//! A browser's receiving half: repairs by NACK, puts pictures together, and judges them.
//!
//! Used by `world`. Strict where a browser is lenient: any break in sequence numbers, picture ids,
//! TL0PICIDX or timestamps, and any picture that cannot be decoded, is noted as a fault.

use media_core::packet::negotiated::{PT_OPUS, PT_VP8};
use media_core::packet::rtp::RtpView;
use media_core::payload::Vp8Descriptor;
use media_core::stream::sequence::extend;
use std::collections::{BTreeMap, BTreeSet};

const MARK_AT: usize = 15;
const NACK_AFTER_MS: u64 = 15;
const NACK_AGAIN_MS: u64 = 60;
const GIVE_UP_MS: u64 = 450;

struct Part {
    timestamp: u32,
    marker: bool,
    picture_id: u16,
    tl0: u8,
    starts: bool,
    is_key: bool,
    mark: Vec<u8>,
}

struct Missing {
    since: u64,
    asked: Option<u64>,
}

/// One decoded picture: when, whose, which layer, and when it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Picture {
    pub ms: u64,
    pub sent_ms: u64,
    pub sender: u8,
    pub layer: u8,
}

/// What came out of one slot.
#[derive(Default)]
pub struct Slot {
    pub pictures: Vec<Picture>,
    pub faults: Vec<String>,
    pub repaired: u32,
    pub given_up: u32,
    pub plis: u32,
    parts: BTreeMap<u64, Part>,
    missing: BTreeMap<u64, Missing>,
    next: Option<u64>,
    newest: u64,
    running: Vec<Part>,
    last: Option<(u16, u8, u32)>,
    decoded: Option<(u8, u8, u32)>,
    needs_key: bool,
    pli_at: u64,
    seen: BTreeSet<u64>,
    came_as_media: BTreeSet<u64>,
}

impl Slot {
    fn fault(&mut self, ms: u64, what: String) {
        if self.faults.len() < 20 {
            self.faults.push(format!("{ms} ms: {what}"));
        }
    }

    /// A packet of the slot: `sequence` is the original one of a repair.
    fn packet(&mut self, ms: u64, sequence: u16, view: &RtpView<'_>, payload: &[u8], is_repair: bool) {
        let number = match self.next {
            None => 65_536 + u64::from(sequence),
            Some(_) => extend(self.newest, sequence),
        };
        // A repair may overtake the packet that it repairs; the packet itself comes once only.
        if !is_repair && !self.came_as_media.insert(number) {
            self.fault(ms, format!("sequence {sequence} sent twice"));
        }
        if !self.seen.insert(number) {
            return;
        }
        if self.next.is_none() {
            self.needs_key = true;
            self.pli_at = ms + 200;
        }
        let next = *self.next.get_or_insert(number);
        for lost in self.newest.max(next)..number {
            if !self.seen.contains(&lost) {
                self.missing.entry(lost).or_insert(Missing { since: ms, asked: None });
            }
        }
        self.newest = self.newest.max(number);
        if self.missing.remove(&number).is_some() && is_repair {
            self.repaired += 1;
        }
        if number < next {
            return;
        }
        let Ok(descriptor) = Vp8Descriptor::parse(payload) else {
            return self.fault(ms, "payload is no vp8".to_owned());
        };
        let mark = payload[MARK_AT..MARK_AT + super::sender::MARK_LEN].to_vec();
        let part = Part {
            timestamp: view.header.timestamp,
            marker: view.header.marker,
            picture_id: descriptor.fields.picture_id,
            tl0: descriptor.fields.tl0,
            starts: descriptor.starts_frame(),
            is_key: descriptor.starts_keyframe(payload),
            mark,
        };
        self.parts.insert(number, part);
    }

    /// Puts pictures together; returns sequence numbers to ask for, and whether to send a PLI.
    fn advance(&mut self, ms: u64) -> (Vec<u16>, bool) {
        while let Some(next) = self.next {
            if let Some(part) = self.parts.remove(&next) {
                self.next = Some(next + 1);
                self.part(ms, part);
            } else if self.missing.get(&next).is_some_and(|lost| ms - lost.since > GIVE_UP_MS) {
                self.missing.remove(&next);
                self.next = Some(next + 1);
                self.given_up += 1;
                self.running.clear();
                self.last = None;
                self.needs_key = true;
            } else {
                break;
            }
        }
        let mut ask = Vec::new();
        for (number, lost) in &mut self.missing {
            let due = lost.asked.map_or(lost.since + NACK_AFTER_MS, |asked| asked + NACK_AGAIN_MS);
            if ms >= due {
                lost.asked = Some(ms);
                ask.push(*number as u16);
            }
        }
        let pli = self.needs_key && ms >= self.pli_at;
        if pli {
            self.pli_at = ms + 300;
            self.plis += 1;
        }
        (ask, pli)
    }

    fn part(&mut self, ms: u64, part: Part) {
        let is_new = self.running.last().is_none_or(|last| last.timestamp != part.timestamp);
        if is_new {
            if let Some((id, tl0, timestamp)) = self.last {
                if part.picture_id != (id + 1) & 0x7fff {
                    self.fault(ms, format!("picture id {} after {id}", part.picture_id));
                }
                if part.tl0 != tl0.wrapping_add(1) {
                    self.fault(ms, format!("tl0 {} after {tl0}", part.tl0));
                }
                let step = part.timestamp.wrapping_sub(timestamp) as i32;
                if step <= 0 || step > 90_000 * 60 {
                    self.fault(ms, format!("timestamp step {step}"));
                }
            }
            if !part.starts && !self.needs_key {
                self.fault(ms, "picture does not start with its first packet".to_owned());
            }
            self.last = Some((part.picture_id, part.tl0, part.timestamp));
            self.running.clear();
        }
        let is_last = part.marker;
        self.running.push(part);
        if is_last {
            self.picture(ms);
        }
    }

    fn picture(&mut self, ms: u64) {
        let parts = std::mem::take(&mut self.running);
        let first = &parts[0];
        let (sender, layer) = (first.mark[0], first.mark[1]);
        let frame = u32::from_be_bytes([first.mark[2], first.mark[3], first.mark[4], first.mark[5]]);
        let is_whole = first.starts
            && parts.len() == usize::from(first.mark[7])
            && parts
                .iter()
                .enumerate()
                .all(|(at, part)| part.mark[..6] == first.mark[..6] && usize::from(part.mark[6]) == at);
        let decodes = is_whole && (first.is_key || self.decoded == Some((sender, layer, frame - 1)));
        if decodes {
            self.needs_key = false;
            self.decoded = Some((sender, layer, frame));
            let sent_ms = first.mark[9..13].iter().fold(0, |ms, byte| ms << 8 | u64::from(*byte));
            self.pictures.push(Picture { ms, sent_ms, sender, layer });
        } else {
            if !self.needs_key {
                let before = self.decoded;
                self.fault(ms, format!("{sender}/{layer}/{frame} not decodable after {before:?}"));
            }
            self.needs_key = true;
        }
        // The next part opens a new picture even if its time should be the same by a fault.
        self.running.clear();
    }
}

/// All slots of one viewer.
pub struct Viewer {
    first_ssrc: u32,
    pub slots: Vec<Slot>,
    /// Packets heard by slot: ms and speaker.
    pub heard: Vec<(u64, u8, u8)>,
    /// Number and RTP time of each of them.
    pub stamps: Vec<(u16, u32)>,
    /// The longest way that a packet of each speaker had, in ms, since it was last cleared.
    pub slowest_voice: BTreeMap<u8, u64>,
    /// The largest step of the clock of a sound slot beyond the time that passed, in ticks.
    pub longest_sound_step: u32,
    last_sound: [Option<(u64, u32)>; 4],
    /// Bytes that came.
    pub bytes: u64,
    /// Packets of padding only.
    pub probes: u32,
    pub ssrc_errors: u32,
}

/// SSRC of a slot of a viewer; RTX is 500 above.
pub fn slot_ssrc(first: u32, slot: usize) -> u32 {
    first + slot as u32
}

impl Viewer {
    pub fn new(first_ssrc: u32) -> Self {
        let slots = (0..28).map(|_| Slot::default()).collect();
        Self {
            first_ssrc,
            slots,
            heard: Vec::new(),
            stamps: Vec::new(),
            slowest_voice: BTreeMap::new(),
            longest_sound_step: 0,
            last_sound: [None; 4],
            bytes: 0,
            ssrc_errors: 0,
            probes: 0,
        }
    }

    pub fn packet(&mut self, ms: u64, bytes: &[u8]) {
        let view = RtpView::parse(bytes).expect("the server writes valid packets");
        let at = view.header.ssrc.wrapping_sub(self.first_ssrc) as usize;
        self.bytes += bytes.len() as u64;
        if view.payload.is_empty() {
            self.probes += 1;
            return;
        }
        match at {
            0..28 if view.header.payload_type == PT_VP8 => {
                self.slots[at].packet(ms, view.header.sequence, &view, view.payload, false);
            }
            28..32 if view.header.payload_type == PT_OPUS => {
                let sent_ms = view
                    .payload
                    .get(1..9)
                    .map_or(ms, |bytes| bytes.iter().fold(0, |sent, byte| sent << 8 | u64::from(*byte)));
                let before = self.last_sound[at - 28].replace((ms, view.header.timestamp));
                if let Some((then, timestamp)) = before {
                    let step = view.header.timestamp.wrapping_sub(timestamp);
                    let beyond = step.wrapping_sub((ms - then) as u32 * 48) as i32;
                    self.longest_sound_step = self.longest_sound_step.max(beyond.unsigned_abs());
                }
                let slowest = self.slowest_voice.entry(view.payload[0]).or_default();
                *slowest = (*slowest).max(ms.saturating_sub(sent_ms));
                self.heard.push((ms, (at - 28) as u8, view.payload[0]));
                self.stamps.push((view.header.sequence, view.header.timestamp));
            }
            500..528 => {
                let original = u16::from_be_bytes([view.payload[0], view.payload[1]]);
                self.slots[at - 500].packet(ms, original, &view, &view.payload[2..], true);
            }
            _ => self.ssrc_errors += 1,
        }
    }

    /// What the viewer has to say: NACKs and PLIs by slot SSRC.
    pub fn advance(&mut self, ms: u64) -> Vec<(u32, Vec<u16>, bool)> {
        let first = self.first_ssrc;
        let asks = self.slots.iter_mut().enumerate().filter_map(|(at, slot)| {
            let (ask, pli) = slot.advance(ms);
            (!ask.is_empty() || pli).then(|| (slot_ssrc(first, at), ask, pli))
        });
        asks.collect()
    }

    /// All faults of all slots; empty is good.
    pub fn faults(&self) -> Vec<String> {
        let faults = self
            .slots
            .iter()
            .enumerate()
            .flat_map(|(at, slot)| slot.faults.iter().map(move |fault| format!("v{at} {fault}")));
        faults.collect()
    }
}
