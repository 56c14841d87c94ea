//! Letting the meeting out as a live stream.

use crate::script::check;
use expect_test::expect;

#[test]
fn chair_and_secretary_let_it_out_and_nobody_else() {
    check(
        "chair joins; secretary joins; duty joins; an joins; an goes live; duty goes live; secretary goes live; \
         duty goes off",
        expect![[r#"
            an goes live: the role does not allow it
            duty goes live: the role does not allow it
            duty goes off: the role does not allow it
            in: chair#1, secretary#2, duty#3, an#4
            live
        "#]],
    );
    check(
        "chair joins; chair goes live; chair goes live; chair goes off; chair goes off",
        expect![[r#"
            in: chair#1
        "#]],
    );
}

#[test]
fn highest_label_forbids_it() {
    check(
        "open secret; chair joins; chair goes live",
        expect![[r#"
            chair goes live: the label forbids recording and live streams
            in: chair#1
        "#]],
    );
}

#[test]
fn it_ends_with_the_meeting_and_with_the_last_who_leaves() {
    check(
        "open always; chair joins; an joins; chair goes live; chair ends; chair joins",
        expect![[r#"
            in: chair#3
        "#]],
    );
    check(
        "open always; chair joins; an joins; chair goes live; chair leaves; an leaves; an joins",
        expect![[r#"
            in: an#3
        "#]],
    );
    check(
        "open always; chair joins; an joins; chair goes live; chair leaves",
        expect![[r#"
            in: an#2
            live
        "#]],
    );
}
