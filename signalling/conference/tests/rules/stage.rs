//! The stage set for all, who presides, and who may look at whom.

use crate::script::{Play, check};
use conference::stage::may_watch;
use expect_test::expect;
use media_control::Source;

#[test]
fn speaker_stands_first_on_the_stage_and_the_chair_fills_it() {
    check(
        "chair joins; an joins; binh joins; chair stages two; chair grants an; chair stages two binh",
        expect![[r#"
            in: chair#1, an#2, binh#3
            floor: an
            stage: an, binh
        "#]],
    );
}

#[test]
fn who_leaves_leaves_the_stage() {
    check(
        "chair joins; an joins; binh joins; chair stages four an binh; an leaves",
        expect![[r#"
        in: chair#1, binh#3
        stage: binh, chair
    "#]],
    );
}

#[test]
fn stage_takes_four_different_people_who_are_there() {
    check(
        "chair joins; an joins; chair stages four an an; chair stages four nobody; an stages one an",
        expect![[r#"
            chair stages four an an: at most 4 different participants fit on the stage
            chair stages four nobody: nobody is not there
            an stages one an: the role does not allow it
            in: chair#1, an#2
        "#]],
    );
}

fn looks(script: &str, viewer: &str, target: &str) -> bool {
    let mut play = Play::new();
    script.split("; ").for_each(|statement| play.statement(statement));
    let (viewer, target) = (play.place(viewer), play.place(target));
    let viewer = play.state.participant(viewer).expect("is there");
    may_watch(&play.state, viewer, target, Source::Camera)
}

#[test]
fn viewers_look_around_only_where_they_may_and_leaders_always() {
    let people = "chair joins; an joins; binh joins; listener joins; chair stages one an";
    assert!(looks(people, "binh", "listener"));
    let fixed = format!("{people} fixed");
    assert!(looks(&fixed, "binh", "an") && !looks(&fixed, "binh", "listener"));
    assert!(looks(&fixed, "chair", "binh"), "that is the preview before somebody goes on the stage");
}

#[test]
fn listeners_of_a_lecture_see_the_stage_only() {
    let lecture = "chair joins; an joins; binh joins; listener joins; chair lectures; chair grants an";
    assert!(looks(lecture, "listener", "an") && looks(lecture, "listener", "chair"));
    assert!(!looks(lecture, "listener", "binh"));
    assert!(looks(lecture, "an", "binh"), "a delegate looks around");
}

#[test]
fn secretary_takes_over_when_the_chair_is_lost_and_gives_back() {
    check(
        "chair joins; secretary joins; chair drops; wait 14",
        expect![[r#"
        in: chair#1 away, secretary#2
    "#]],
    );
    check(
        "chair joins; secretary joins; chair drops; wait 15",
        expect![[r#"
        in: chair#1 away, secretary#2
        presides: secretary
    "#]],
    );
    check(
        "chair joins; secretary joins; chair drops; wait 15; chair resumes; wait 0",
        expect![[r#"
        in: chair#1, secretary#2
    "#]],
    );
}

#[test]
fn named_deputy_comes_before_the_secretary_and_may_what_a_chair_may() {
    check(
        "chair joins; secretary joins; an joins; chair names an; an ends; chair drops; wait 20; an locks",
        expect![[r#"
            an ends: the role does not allow it
            in: chair#1 away, secretary#2, an#3
            presides: an
            locked
        "#]],
    );
    check(
        "chair joins; an joins; binh joins; chair names an; chair leaves; wait 20; an mutes binh; \
         chair joins; wait 0; an mutes binh",
        expect![[r#"
            an mutes binh: the role does not allow it
            in: an#2, binh#3, chair#4
        "#]],
    );
}

#[test]
fn patrol_passes_over_sites_where_nobody_is() {
    check(
        "invite a b c; chair joins; xa joins for=a; xc joins for=c; chair patrols 5 everybody; wait 5",
        expect![[r#"
            in: chair#1, xa#2, xc#3
            stage: xc
        "#]],
    );
    check(
        "invite a b c; chair joins; xa joins for=a; chair patrols 1; xa patrols 5; chair patrols 5; wait 12",
        expect![[r#"
            chair patrols 1: time must be at most 600000 ms
            xa patrols 5: the role does not allow it
            in: chair#1, xa#2
        "#]],
    );
}
