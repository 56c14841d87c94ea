//! Microphone, camera, screen.

use crate::script::{Play, check};
use conference::{allowed_sources, media_plan};
use expect_test::expect;
use media_control::Source;

#[test]
fn participants_switch_their_own_media() {
    check(
        "an joins; an sends mic cam",
        expect![[r#"
        in: an#1 mic cam
    "#]],
    );
    check(
        "an joins with mic cam; an sends",
        expect![[r#"
        in: an#1
    "#]],
    );
}

#[test]
fn listener_may_send_nothing() {
    check(
        "listener joins with mic cam; listener sends mic; listener sends cam; listener sends screen",
        expect![[r#"
            listener sends mic: the role does not allow it
            listener sends cam: the role does not allow it
            listener sends screen: the role does not allow it
            in: listener#1
        "#]],
    );
}

#[test]
fn mute_holds_until_the_participant_switches_on_again() {
    check(
        "chair joins; an joins with mic cam; chair mutes an; an sends cam",
        expect![[r#"
        in: chair#1, an#2 cam muted-by-chair
    "#]],
    );
    check(
        "chair joins; an joins with mic; chair mutes an; an sends mic",
        expect![[r#"
        in: chair#1, an#2 mic
    "#]],
    );
}

#[test]
fn mute_all_spares_the_one_who_asks() {
    check(
        "chair joins with mic; secretary joins with mic; an joins with mic; binh joins; chair mutes all",
        expect![[r#"
            in: chair#1 mic, secretary#2 muted-by-chair, an#3 muted-by-chair, binh#4
        "#]],
    );
}

#[test]
fn delegate_may_not_mute_and_learns_nothing_about_who_is_there() {
    check(
        "an joins; binh joins with mic; an mutes binh; an mutes nobody; an mutes all",
        expect![[r#"
        an mutes binh: the role does not allow it
        an mutes nobody: the role does not allow it
        an mutes all: the role does not allow it
        in: an#1, binh#2 mic
    "#]],
    );
}

#[test]
fn mute_of_nobody_is_refused_and_of_a_silent_one_done_already() {
    check(
        "chair joins; an joins; chair mutes an; chair mutes nobody",
        expect![[r#"
        chair mutes nobody: nobody is not there
        in: chair#1, an#2
    "#]],
    );
}

#[test]
fn second_presenter_takes_over() {
    check(
        "an joins; binh joins; an sends cam screen; binh sends screen",
        expect![[r#"
        in: an#1 cam, binh#2 screen
    "#]],
    );
}

#[test]
fn screen_of_the_chair_gives_way_only_to_a_leading_role() {
    check(
        "chair joins; an joins; chair sends screen; an sends screen",
        expect![[r#"
        an sends screen: chair shares the screen
        in: chair#1 screen, an#2
    "#]],
    );
    check(
        "chair joins; duty joins; chair sends screen; duty sends screen",
        expect![[r#"
        in: chair#1, duty#2 screen
    "#]],
    );
}

#[test]
fn presenter_may_go_on_and_change_other_media() {
    check(
        "chair joins; chair sends screen; chair sends mic screen",
        expect![[r#"
        in: chair#1 mic screen
    "#]],
    );
}

#[test]
fn only_what_is_shown_as_on_may_be_sent() {
    let mut play = Play::new();
    for statement in
        ["chair joins with mic cam", "an joins with mic", "an sends mic screen", "chair mutes an"]
    {
        play.statement(statement);
    }
    let plan = media_plan(&play.state);
    let (chair, an) = (plan[0].1, plan[1].1);
    assert!(chair.has(Source::Microphone) && chair.has(Source::Camera) && !chair.has(Source::Screen));
    assert!(!an.has(Source::Microphone) && an.has(Source::Screen) && an.has(Source::ScreenAudio));
    assert_eq!(plan[1].1, allowed_sources(&play.state.participants()[1]));
}
