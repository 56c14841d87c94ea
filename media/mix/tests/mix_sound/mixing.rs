//! Who hears what.

use super::hall::{common, heard_by, tone};
use super::{Hall, Microphone, power_at};
use media_mix::sound::{FRAME, Mixing, Prompt, SourceId};

const TONES: [f32; 3] = [400.0, 700.0, 1_100.0];

fn three() -> Vec<Microphone> {
    TONES.iter().enumerate().map(|(at, hertz)| Microphone::new(at as u64, tone(*hertz, 0.2))).collect()
}

#[test]
fn each_speaker_hears_all_but_himself() {
    let mut hall = Hall::plain(three());
    hall.rounds(50);
    let rounds = hall.rounds(50);
    for (hertz, all) in TONES.map(|hertz| (hertz, power_at(&common(&rounds), 48_000.0, hertz))) {
        assert!((0.15..0.25).contains(&all), "{hertz} Hz for all: {all}");
    }
    for (own, _) in TONES.iter().enumerate() {
        let heard = heard_by(&rounds, own as u64);
        for (other, hertz) in TONES.iter().enumerate() {
            let power = power_at(&heard, 48_000.0, *hertz);
            if other == own {
                assert!(power < 0.002, "{own} hears himself: {power}");
            } else {
                assert!(power > 0.15, "{own} hears {other}: {power}");
            }
        }
    }
}

#[test]
fn who_has_a_microphone_and_the_sound_of_a_screen_hears_neither() {
    let microphones = [2, 3, 4].into_iter().zip(TONES);
    let microphones = microphones.map(|(number, hertz)| Microphone::new(number, tone(hertz, 0.2))).collect();
    let mut hall = Hall::new(Mixing { is_levelled: false, owner_bits: 1, ..Mixing::default() }, microphones);
    hall.rounds(50);
    let rounds = hall.rounds(50);
    let owners: Vec<u64> = rounds[0].personal.iter().map(|it| it.0.0).collect();
    assert_eq!(owners, [2, 4]);
    let powers = |listener| TONES.map(|hertz| power_at(&heard_by(&rounds, listener), 48_000.0, hertz) > 0.1);
    assert_eq!(powers(2), [false, false, true]);
    assert_eq!(powers(4), [true, true, false]);
}

#[test]
fn a_chime_for_all_and_a_prompt_for_one_are_laid_over_the_voices() {
    let mut hall = Hall::plain(three());
    hall.rounds(50);
    let chime = tone(2_000.0, 0.1);
    let samples: Vec<f32> = (0..10 * FRAME).map(chime).collect();
    assert!(hall.mixer.play(Prompt { samples: samples.clone().into(), to: None }));
    let rounds = hall.rounds(10);
    for heard in [common(&rounds), heard_by(&rounds, 1)] {
        assert!((0.09..0.11).contains(&power_at(&heard, 48_000.0, 2_000.0)));
    }
    // Nobody who is heard, but somebody with a seat in the room.
    assert!(hall.mixer.play(Prompt { samples: samples.into(), to: Some(SourceId(9)) }));
    let rounds = hall.rounds(10);
    assert!(power_at(&heard_by(&rounds, 9), 48_000.0, 2_000.0) > 0.09);
    assert!(power_at(&heard_by(&rounds, 9), 48_000.0, TONES[0]) > 0.15);
    assert!(power_at(&common(&rounds), 48_000.0, 2_000.0) < 0.002);
    assert!(hall.tick().personal.iter().all(|it| it.0 != SourceId(9)));
}

#[test]
fn prompts_are_bounded() {
    let mut hall = Hall::plain(Vec::new());
    let prompt = Prompt { samples: vec![0.1; FRAME].into(), to: None };
    let taken = (0..20).filter(|_| hall.mixer.play(prompt.clone())).count();
    assert_eq!((taken, hall.mixer.counts().prompts_refused), (16, 4));
    hall.tick();
    assert!(hall.mixer.play(prompt));
}

#[test]
fn a_sum_beyond_full_scale_stays_below_it_and_clean() {
    let microphones = vec![Microphone::new(1, tone(500.0, 0.9)), Microphone::new(2, tone(800.0, 0.9))];
    let mut hall = Hall::plain(microphones);
    hall.rounds(50);
    let heard = common(&hall.rounds(50));
    assert!(heard.iter().all(|it| it.abs() < 1.0));
    let wanted = power_at(&heard, 48_000.0, 500.0);
    assert!(wanted > 0.3, "{wanted}");
    // Cutting off would make these, with a tenth of the amplitude and more.
    for hertz in [200.0, 1_100.0, 1_800.0, 2_100.0, 2_600.0] {
        let distortion = power_at(&heard, 48_000.0, hertz) / wanted;
        assert!(distortion < 0.01, "{hertz} Hz: {distortion}");
    }
}

#[test]
fn nobody_begins_or_ends_with_a_click() {
    let burst = |at: usize| if at % 96_000 < 48_000 { tone(300.0, 0.5)(at) } else { 0.0 };
    let mut hall = Hall::plain(vec![Microphone::new(1, Box::new(burst))]);
    let heard = common(&hall.rounds(250));
    let steepest = heard.windows(2).map(|it| (it[1] - it[0]).abs()).fold(0.0, f32::max);
    // The tone itself has steps of 0.02.
    assert!(steepest < 0.08, "{steepest}");
    assert!(power_at(&heard[10 * FRAME..40 * FRAME], 48_000.0, 300.0) > 0.3);
}
