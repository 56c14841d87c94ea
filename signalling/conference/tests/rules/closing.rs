//! Removing somebody, ending for all, opening again.

use crate::script::check;
use expect_test::expect;

#[test]
fn removed_person_waits_for_admission_when_coming_again() {
    check(
        "chair joins; an joins; an raises; chair removes an; an joins",
        expect![[r#"
        in: chair#1
        waiting: an
    "#]],
    );
    check(
        "chair joins; an joins; chair removes an; an joins; chair admits an; an leaves; an joins",
        expect![[r#"
            in: chair#1, an#4
        "#]],
    );
}

#[test]
fn nobody_removes_himself() {
    check(
        "chair joins; chair removes chair",
        expect![[r#"
        chair removes chair: the role does not allow it
        in: chair#1
    "#]],
    );
}

#[test]
fn chair_is_removed_only_by_a_chair() {
    check(
        "chair joins; duty joins; secretary joins; duty removes chair; secretary removes chair; duty removes secretary",
        expect![[r#"
            duty removes chair: the role does not allow it
            secretary removes chair: the role does not allow it
            duty removes secretary: the role does not allow it
            in: chair#1, duty#2, secretary#3
        "#]],
    );
    check(
        "chair joins; chair2 joins; chair2 removes chair",
        expect![[r#"
        in: chair2#2
    "#]],
    );
}

#[test]
fn delegate_removes_nobody_and_learns_nothing() {
    check(
        "an joins; binh joins; an removes binh; an removes nobody",
        expect![[r#"
        an removes binh: the role does not allow it
        an removes nobody: the role does not allow it
        in: an#1, binh#2
    "#]],
    );
}

#[test]
fn end_for_all_empties_the_conference_and_waiting_room() {
    check(
        "open waiting; chair joins; an joins; chair raises; chair ends; an joins; chair joins",
        expect![[r#"
            an joins: the conference has ended
            chair joins: the conference has ended
            ended
        "#]],
    );
}

#[test]
fn only_chair_and_secretary_end_for_all() {
    check(
        "duty joins; an joins; duty ends; an ends",
        expect![[r#"
        duty ends: the role does not allow it
        an ends: the role does not allow it
        in: duty#1, an#2
    "#]],
    );
    check(
        "secretary joins; secretary ends",
        expect![[r#"
        ended
    "#]],
    );
}

#[test]
fn always_open_conference_begins_a_new_sitting_with_the_next_person() {
    check(
        "open always; chair joins; an joins; an says cu; chair removes an; chair locks; chair ends; \
         an joins; an says moi",
        expect![[r#"
            in: an#3
            chat: an: moi
        "#]],
    );
    check(
        "open always waiting; chair joins; chair stops waiting; chair ends; an joins",
        expect![[r#"
        waiting: an
    "#]],
    );
}
