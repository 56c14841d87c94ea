//! The agenda, and what a bulk mute leaves.

use crate::script::{Play, check};
use expect_test::expect;

#[test]
fn opened_item_ends_the_one_before_and_adds_its_time_up() {
    let mut play = Play::new();
    for statement in [
        "chair joins",
        "an joins",
        "an plans x",
        "chair plans mot hai ba",
        "chair begins 1",
        "wait 60",
        "chair begins 2",
        "wait 30",
        "chair begins 1",
        "wait 40",
        "chair begins 9",
        "chair begins 3",
    ] {
        play.statement(statement);
    }
    let stand: Vec<_> =
        play.state.agenda().items().iter().map(|it| (it.took_ms, it.done, it.opened.is_some())).collect();
    assert_eq!(stand, [(100_000, true, false), (30_000, true, false), (0, false, true)]);
}

#[test]
fn bulk_mute_spares_chair_floor_and_exceptions() {
    check(
        "chair joins with mic; duty joins with mic; an joins with mic; binh joins with mic; cuc joins with mic; \
         chair grants an; duty mutes all but binh",
        expect![[r#"
            in: chair#1 mic, duty#2 mic, an#3 mic, binh#4 mic, cuc#5 muted-by-duty
            floor: an
            stage: an
        "#]],
    );
}

#[test]
fn bulk_mute_can_be_taken_back_for_8_seconds_and_only_from_those_it_silenced() {
    check(
        "chair joins; an joins with mic; binh joins with mic; cuc joins with mic; chair mutes cuc; \
         chair mutes all; binh sends mic; binh sends; wait 8; chair undoes; chair undoes",
        expect![[r#"
            chair undoes: nothing can be taken back any more
            in: chair#1, an#2 mic, binh#3, cuc#4 muted-by-chair
        "#]],
    );
    check(
        "chair joins; an joins with mic; chair mutes all; wait 9; chair undoes; an undoes",
        expect![[r#"
        chair undoes: nothing can be taken back any more
        an undoes: the role does not allow it
        in: chair#1, an#2 muted-by-chair
    "#]],
    );
}

#[test]
fn only_chair_and_speaker_until_all_may_speak_again() {
    check(
        "chair joins with mic; an joins with mic; chair lets floor speak; an sends mic; late joins with mic; \
         chair grants an; an sends mic",
        expect![[r#"
            an sends mic: microphones are open only to who leads and who has the floor
            in: chair#1 mic, an#2 mic, late#3 muted-by-nobody
            floor: an
            stage: an
        "#]],
    );
    check(
        "chair joins with mic; an joins with mic; chair lets floor speak; chair grants an; chair releases; \
         chair lets all speak; an sends mic",
        expect![[r#"
            in: chair#1 mic, an#2 mic
        "#]],
    );
}
