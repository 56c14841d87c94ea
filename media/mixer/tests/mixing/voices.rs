//! What is said in the hall is what comes back mixed: everybody's tone, whatever one of them sends, also from the
//! process after one that was killed.

use crate::hall::{Camera, Hall, VOICE_LEG};
use crate::microphones::Microphone;
use media_control::{MixerReport, ParticipantId, SoundFigures, Tiling};
use media_mix::picture::Colour;
use std::time::Duration;

const TONES: [f32; 3] = [440.0, 700.0, 1_150.0];

fn speaking() -> Hall {
    let mut hall = Hall::open(vec![Camera::new(1, Colour::RED)]);
    hall.sounds.microphones =
        (1..).zip(TONES).map(|(number, hertz)| Microphone::new(number, hertz)).collect();
    hall.compose(Tiling::Full);
    hall
}

fn counted(hall: &Hall) -> SoundFigures {
    let mut sum = SoundFigures::default();
    for report in &hall.reports {
        if let MixerReport::Counted(figures) = report {
            sum.decoded += figures.sound.decoded;
            sum.broken += figures.sound.broken;
            sum.rounds += figures.sound.rounds;
            sum.encoded += figures.sound.encoded;
            sum.heard = figures.sound.heard;
        }
    }
    sum
}

#[test]
fn everybody_who_speaks_is_in_the_mixed_sound_which_is_encoded_once() {
    let mut hall = speaking();
    let first = hall.until("three tones", |hall| hall.sounds.hears(&TONES));
    println!("three tones after {first:?}");
    assert_eq!(hall.sounds.published.get(&VOICE_LEG), Some(&ParticipantId::FIRST_PROGRAMME));
    hall.sounds.microphones[1].is_on = false;
    hall.until("two tones", |hall| {
        !hall.sounds.hears(&TONES[1..2]) && hall.sounds.hears(&[TONES[0], TONES[2]])
    });
    hall.until("the figures of that", |hall| counted(hall).heard == 2);
    let figures = counted(&hall);
    let most = figures.rounds * (1 + TONES.len() as u32);
    assert!(figures.encoded <= most, "one for all, one for each who is heard: {figures:?}");
    let ear = &hall.sounds.ears[&VOICE_LEG];
    assert_eq!(ear.packets, ear.sequence + 1, "no number is left out");
}

#[test]
fn who_is_heard_hears_all_others_and_gets_one_stream_without_a_gap_when_falling_silent() {
    let mut hall = speaking();
    let own = hall.sounds.microphones[1].participant;
    let hears = |hall: &mut Hall, tones: [bool; 3]| {
        let ear = hall.sounds.own_ears.entry(own).or_default();
        TONES.map(|hertz| ear.hears(hertz)) == tones
    };
    hall.until("three tones for a listener", |hall| hall.sounds.hears(&TONES));
    hall.until("both others for the second", |hall| hears(hall, [true, false, true]));
    let before = hall.sounds.own_ears[&own].packets;
    hall.until("half a second of that", |hall| {
        assert!(hears(hall, [true, false, true]), "never the own tone");
        hall.sounds.own_ears[&own].packets > before + 25
    });
    assert!(hall.sounds.hears(&TONES), "a listener hears all three");
    // Falls silent, and is soon one listener of many.
    hall.sounds.microphones[1].is_on = false;
    hall.until("the figures of that", |hall| counted(hall).heard == 2);
    let before = hall.sounds.own_ears[&own].packets;
    hall.until("half a second of the mix for all", |hall| {
        assert!(hears(hall, [true, false, true]), "the others all the time");
        hall.sounds.own_ears[&own].packets > before + 25
    });
    hall.sounds.microphones[1].is_on = true;
    hall.until("the second for a listener", |hall| {
        assert!(hears(hall, [true, false, true]), "never the own tone");
        hall.sounds.hears(&TONES)
    });
    let (ear, common) = (&hall.sounds.own_ears[&own], &hall.sounds.ears[&VOICE_LEG]);
    assert_eq!((ear.jumps, common.jumps), (0, 0), "one stream of numbers and times");
    assert_eq!((ear.sequence, ear.timestamp), (common.sequence, common.timestamp), "the same for both");
}

#[test]
fn killed_mixer_is_started_again_and_is_heard_within_two_seconds() {
    let mut hall = speaking();
    hall.until("three tones", |hall| hall.sounds.hears(&TONES));
    hall.kill();
    hall.until("the mixer to be gone", |hall| hall.gone == 1);
    hall.sounds.ears.clear();
    let back = hall.until("three tones again", |hall| hall.sounds.hears(&TONES));
    println!("sound was back after {back:?}, with 400 ms of it heard");
    assert!(back < Duration::from_secs(2), "{back:?}");
}

#[test]
fn garbage_from_one_microphone_is_counted_and_all_others_are_heard_on() {
    let mut hall = speaking();
    hall.until("three tones", |hall| hall.sounds.hears(&TONES));
    hall.sounds.microphones[2].spoils = |number, payload| match number % 4 {
        0 => Some(Vec::new()),
        1 => Some(vec![0xff; 1_200]),
        2 => Some(payload.iter().map(|it| it ^ 0x5a).collect()),
        _ => Some(payload[..payload.len() / 2].to_vec()),
    };
    hall.until("broken packets", |hall| counted(hall).broken > 20);
    hall.sounds.ears.clear();
    hall.until("the other two", |hall| hall.sounds.hears(&TONES[..2]));
    assert_eq!(hall.gone, 0);
    hall.sounds.microphones[2].spoils = |_, payload| Some(payload.to_vec());
    hall.until("the third again", |hall| hall.sounds.hears(&TONES));
}

#[test]
fn who_does_not_say_how_loud_they_are_is_heard_too() {
    let mut hall = speaking();
    hall.sounds.microphones.iter_mut().for_each(|it| it.level = None);
    hall.until("three tones", |hall| hall.sounds.hears(&TONES));
}
