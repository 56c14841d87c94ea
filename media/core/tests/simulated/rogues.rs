//! Senders that send too much, or what nobody can make sense of.
//!
//! Whatever comes is bounded, counted, and stays with the leg that sent it: those who look at the
//! sender may see it freeze, everything else on their screens goes on.

use super::innocents::{ROGUE, ROGUE_MS, check};
use super::link::Dice;
use super::sender::packet;
use super::world::{STEP_MS, World};
use media_core::packet::negotiated::{PT_OPUS, PT_VP8};
use media_core::room::Drop;

const SEEDS: [u64; 3] = [61, 62, 63];

/// One stream that the test writes packet by packet.
struct Stream {
    ssrc: u32,
    sequence: u16,
    timestamp: u32,
    transport: u16,
    picture_id: u16,
    mid: &'static [u8],
    rid: &'static [u8],
}

impl Stream {
    fn camera(ssrc: u32, rid: &'static [u8]) -> Self {
        Self { ssrc, sequence: 1, timestamp: 1, transport: 0, picture_id: 1, mid: b"cam", rid }
    }

    fn voice(ssrc: u32) -> Self {
        Self { ssrc, sequence: 1, timestamp: 1, transport: 0, picture_id: 1, mid: b"mic", rid: b"" }
    }

    fn head(&mut self, marker: bool, payload_type: u8) -> (bool, u8, u16, u32, u32) {
        self.sequence = self.sequence.wrapping_add(1);
        self.transport = self.transport.wrapping_add(1);
        (marker, payload_type, self.sequence, self.timestamp, self.ssrc)
    }

    /// A picture of `packets` packets of `len` bytes.
    fn picture(&mut self, packets: usize, len: usize, is_key: bool) -> Vec<Vec<u8>> {
        self.picture_id = (self.picture_id + 1) & 0x7fff;
        (0..packets)
            .map(|part| {
                let mut payload = vec![if part == 0 { 0x90 } else { 0x80 }, 0xc0];
                payload.extend_from_slice(&(0x8000 | self.picture_id).to_be_bytes());
                payload.push(self.picture_id as u8);
                if part == 0 {
                    payload.extend_from_slice(&[u8::from(!is_key), 0, 0, 0x9d, 0x01, 0x2a, 0, 15, 0x70, 8]);
                }
                payload.resize(len, 0x11);
                let head = self.head(part + 1 == packets, PT_VP8);
                let transport = self.transport.to_be_bytes();
                packet(head, &[(3, &transport), (4, self.mid), (5, self.rid)], &payload)
            })
            .collect()
    }

    fn sound(&mut self, level: u8, len: usize) -> Vec<u8> {
        let head = self.head(false, PT_OPUS);
        let transport = self.transport.to_be_bytes();
        let mut payload = vec![ROGUE as u8; len.max(10)];
        payload[1..9].fill(0);
        packet(head, &[(1, &[0x80 | level]), (3, &transport), (4, self.mid)], &payload)
    }
}

fn send(world: &mut World, packets: impl IntoIterator<Item = Vec<u8>>) {
    let now = world.now();
    packets.into_iter().for_each(|bytes| world.seat(ROGUE).up.send(now, bytes));
}

/// The rogue's own honest browser stops: the test sends in its stead.
fn alone(world: &mut World) {
    let browser = &mut world.seat(ROGUE).browser;
    (browser.camera_on, browser.voice) = (false, None);
}

fn dropped(world: &World, reason: Drop) -> u64 {
    world.room.counters().dropped[reason as usize]
}

#[test]
fn camera_of_4k_at_60_pictures_a_second_is_cut_to_the_limit_of_a_leg() {
    for seed in SEEDS {
        let mut camera = Stream::camera(9_000_001, b"f");
        let mut frame = 0u32;
        let world = check(seed, None, |world| {
            alone(world);
            // 60 pictures of 100 kB a second are 48 Mbit/s; one in two steps of 10 ms is near enough.
            if world.ms.is_multiple_of(STEP_MS * 3) {
                frame += 1;
                camera.timestamp = camera.timestamp.wrapping_add(1350);
                let picture = camera.picture(84, 1_190, frame % 120 == 1);
                send(world, picture);
            }
        });
        assert!(dropped(&world, Drop::OverLimit) > 5_000, "{:?}", world.room.counters());
        let passed = world.room.counters().accepted;
        assert!(passed < 2_700 * (ROGUE_MS / 1000) + 20_000, "{passed} packets taken");
    }
}

#[test]
fn voice_that_takes_megabits_is_cut_before_it_reaches_everybodys_line() {
    for seed in SEEDS {
        let mut voice = Stream::voice(9_000_002);
        let mut before = None;
        let world = check(seed, None, |world| {
            alone(world);
            before.get_or_insert(world.seats[1].viewer.bytes);
            for _ in 0..5 {
                voice.timestamp = voice.timestamp.wrapping_add(48);
                let sound = voice.sound(1, 1_100);
                send(world, [sound]);
            }
        });
        assert!(dropped(&world, Drop::OverLimit) > 5_000, "{:?}", world.room.counters());
        let bps = (world.seats[1].viewer.bytes - before.expect("it ran")) * 8000 / ROGUE_MS;
        assert!(bps < 3_000_000, "seed {seed}: a bystander gets {bps} bit/s");
    }
}

#[test]
fn two_participants_with_the_same_ssrc_are_both_seen() {
    for seed in SEEDS {
        let stolen = check(seed, None, |_| {}).seats[0].browser.ssrc(2);
        let mut camera = Stream::camera(stolen, b"q");
        let world = check(seed, None, |world| {
            alone(world);
            if world.ms.is_multiple_of(STEP_MS * 8) {
                camera.timestamp = camera.timestamp.wrapping_add(3600);
                let is_key = world.ms.is_multiple_of(1_000);
                let picture = camera.picture(1, 700, is_key);
                send(world, picture);
            }
        });
        // 500 ms until the honest camera's place is free, then everything is the rogue's own.
        assert!(dropped(&world, Drop::SsrcTaken) < 30, "{:?}", world.room.counters());
        let seen = world.seats[1].viewer.bytes;
        assert!(seen > 0);
    }
}

#[test]
fn second_stream_with_the_same_rid_is_refused_while_the_first_lives() {
    for seed in SEEDS {
        let mut again = Stream::camera(9_000_003, b"q");
        let world = check(seed, None, |world| {
            let picture = again.picture(1, 700, true);
            send(world, picture);
        });
        let refused = dropped(&world, Drop::SsrcTaken);
        assert!(refused >= ROGUE_MS / STEP_MS - 5, "seed {seed}: {refused} refused");
    }
}

#[test]
fn extensions_that_were_never_negotiated_or_have_a_wrong_length_say_nothing() {
    for seed in SEEDS {
        let mut dice = Dice(seed);
        let mut number = 0u16;
        let world = check(seed, None, |world| {
            for _ in 0..4 {
                number = number.wrapping_add(1);
                let id = 1 + dice.below(14) as u8;
                let value: Vec<_> = (0..1 + dice.below(16)).map(|_| dice.roll() as u8).collect();
                let ssrc = 9_100_000 + dice.below(1 << 20) as u32;
                let head = (false, [PT_VP8, PT_OPUS][dice.below(2) as usize], number, 0, ssrc);
                let mut bytes = packet(head, &[(id, &value)], &[0x10, 0, 0, 0x9d, 1, 0x2a, 0, 1, 0, 1]);
                // Half of them also lie about the length of the element.
                bytes[16] ^= dice.below(2) as u8 * 7;
                send(world, [bytes]);
            }
        });
        assert!(dropped(&world, Drop::Unlatched) > 1_000, "{:?}", world.room.counters());
    }
}

#[test]
fn clock_that_jumps_back_and_ahead_shows_nobody_a_jump() {
    for seed in SEEDS {
        let mut dice = Dice(seed);
        let mut camera = Stream::camera(9_000_004, b"q");
        let mut voice = Stream::voice(9_000_005);
        let mut step = 0u32;
        let world = check(seed, None, |world| {
            alone(world);
            step += 1;
            if step.is_multiple_of(4) {
                voice.timestamp = voice.timestamp.wrapping_add(960);
                if step.is_multiple_of(400) {
                    camera.timestamp = dice.roll() as u32;
                    voice.timestamp = dice.roll() as u32;
                }
                let sound = voice.sound(30, 80);
                send(world, [sound]);
            }
            if step.is_multiple_of(8) {
                camera.timestamp = camera.timestamp.wrapping_add(3600);
                let picture = camera.picture(1, 700, step.is_multiple_of(80));
                send(world, picture);
            }
        });
        let jumps = world.room.counters().stream_jumps;
        assert!((4..200).contains(&jumps), "seed {seed}: {jumps} jumps");
        for seat in &world.seats[..2] {
            let jumped: Vec<_> =
                seat.viewer.faults().into_iter().filter(|fault| fault.contains("timestamp")).collect();
            assert!(jumped.is_empty(), "seed {seed}: {jumped:?}");
            let steps = seat.viewer.longest_sound_step;
            assert!(steps < 48_000 * 3, "seed {seed}: the clock of a voice jumped by {steps}");
        }
        let heard = world.seats[1].viewer.heard.iter().filter(|it| it.2 == ROGUE as u8).count();
        assert!(heard > 300, "seed {seed}: {heard} packets of the jumping voice");
    }
}

#[test]
fn numbers_that_jump_make_no_storm_of_requests() {
    for seed in SEEDS {
        let mut dice = Dice(seed);
        let mut camera = Stream::camera(9_000_006, b"q");
        let asked = std::cell::Cell::new(None);
        let world = check(seed, None, |world| {
            alone(world);
            asked.get().is_none().then(|| asked.set(Some(world.seats[2].browser.plis)));
            camera.timestamp = camera.timestamp.wrapping_add(450);
            camera.sequence = match dice.below(3) {
                0 => dice.roll() as u16,
                1 => camera.sequence.wrapping_add(dice.below(3_000) as u16),
                _ => camera.sequence,
            };
            let pictures = camera.picture(1, 700, false).into_iter().chain(camera.picture(1, 700, false));
            send(world, pictures.collect::<Vec<_>>());
        });
        let asked = world.seats[2].browser.plis - asked.get().expect("it ran");
        assert!(u64::from(asked) <= ROGUE_MS / 300 + 2, "seed {seed}: {asked} requests");
        assert!(world.room.counters().stream_jumps > 100, "{:?}", world.room.counters());
    }
}

#[test]
fn endless_padding_reaches_nobody() {
    for seed in SEEDS {
        let mut camera = Stream::camera(9_000_007, b"q");
        let mut before = None;
        let world = check(seed, None, |world| {
            alone(world);
            before.get_or_insert(world.seats[1].viewer.bytes);
            for _ in 0..10 {
                let head = camera.head(false, PT_VP8);
                let transport = camera.transport.to_be_bytes();
                let mut bytes = packet(head, &[(3, &transport), (4, b"cam"), (5, b"q")], &[0; 1_100]);
                bytes[0] |= 0x20;
                let len = bytes.len();
                bytes.truncate(len - 1_100 + 255);
                let len = bytes.len();
                bytes[len - 1] = 255;
                send(world, [bytes]);
            }
        });
        assert!(dropped(&world, Drop::Padding) > 10_000, "{:?}", world.room.counters());
    }
}

#[test]
fn packets_by_the_thousand_are_cut_to_the_limit_of_a_leg() {
    for seed in SEEDS {
        let mut camera = Stream::camera(9_000_008, b"q");
        let world = check(seed, None, |world| {
            alone(world);
            camera.timestamp = camera.timestamp.wrapping_add(450);
            let packets = camera.picture(100, 40, false);
            send(world, packets);
        });
        assert!(dropped(&world, Drop::OverLimit) > 50_000, "{:?}", world.room.counters());
    }
}
