//! Broken connections, the grace period, coming back.

use crate::script::check;
use expect_test::expect;

#[test]
fn broken_connection_keeps_place_hand_and_mute() {
    check(
        "chair joins; an joins with mic; an raises; chair mutes an; an drops",
        expect![[r#"
        in: chair#1, an#2 muted-by-chair away
        hands: an
    "#]],
    );
}

#[test]
fn resume_takes_the_same_place_back() {
    check(
        "an joins with mic; an raises; binh joins; an drops; wait 59; an resumes; wait 60",
        expect![[r#"
        in: an#1 mic, binh#2
        hands: an
    "#]],
    );
}

#[test]
fn grace_period_ends_after_60_seconds_and_takes_the_hand_with_it() {
    check(
        "an joins; binh joins; an raises; an drops; wait 60; an resumes",
        expect![[r#"
        an resumes: an is not there
        in: binh#2
    "#]],
    );
}

#[test]
fn reloaded_page_gets_its_place_back_with_the_new_choice_of_media() {
    check(
        "an joins with mic cam; an raises; an drops; an joins with cam",
        expect![[r#"
        in: an#1 cam
        hands: an
    "#]],
    );
}

#[test]
fn second_device_of_a_connected_person_must_say_that_it_moves() {
    check(
        "an joins; an raises; an joins with mic",
        expect![[r#"
            an joins with mic: the person is in from elsewhere
            in: an#1
            hands: an
        "#]],
    );
    check(
        "an joins; an raises; chair joins; chair locks; an joins here with mic",
        expect![[r#"
            in: an#1 mic, chair#2
            hands: an
            locked
        "#]],
    );
}

#[test]
fn place_in_the_waiting_room_moves_too() {
    check(
        "open waiting; an joins; binh joins; an joins; an joins here",
        expect![[r#"
            an joins: the person is in from elsewhere
            waiting: an, binh
        "#]],
    );
}

#[test]
fn resume_of_a_connected_place_changes_nothing() {
    check(
        "an joins; an resumes",
        expect![[r#"
        in: an#1
    "#]],
    );
}

#[test]
fn waiting_place_outlives_its_connection_too() {
    check(
        "open waiting; an joins; binh joins; an drops; wait 30; an joins; wait 60",
        expect![[r#"
        waiting: an, binh
    "#]],
    );
    check(
        "open waiting; an joins; binh joins; an drops; wait 60",
        expect![[r#"
        waiting: binh
    "#]],
    );
    check(
        "open waiting; an joins; chair joins; an drops; chair admits an; wait 60",
        expect![[r#"
        in: chair#2
    "#]],
    );
}

#[test]
fn after_a_server_restart_everybody_may_come_back_for_60_seconds() {
    check(
        "chair joins; an joins; binh joins; an raises; binh says xin-chao; restart; wait 20; \
         an resumes; chair joins with mic; wait 40",
        expect![[r#"
            in: chair#1 mic, an#2
            hands: an
            chat: binh: xin-chao
        "#]],
    );
}

#[test]
fn numbers_are_never_given_twice() {
    check(
        "an joins; an leaves; binh joins; binh leaves; an joins",
        expect![[r#"
        in: an#3
    "#]],
    );
}

#[test]
fn somebody_who_left_can_do_nothing() {
    check(
        "an joins; binh joins; an leaves; an raises; an says x; an sends mic; an resumes; an leaves",
        expect![[r#"
            an raises: an is not there
            an says x: an is not there
            an sends mic: an is not there
            an resumes: an is not there
            an leaves: an is not there
            in: binh#2
        "#]],
    );
}
