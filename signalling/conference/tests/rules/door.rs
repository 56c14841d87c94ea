//! Joining, waiting room, lock, capacity.

use crate::script::check;
use expect_test::expect;

#[test]
fn newcomers_come_in_order_with_what_they_chose_in_the_lobby() {
    check(
        "chair joins with mic cam; an joins with mic; listener joins with mic cam",
        expect![[r#"
        in: chair#1 mic cam, an#2 mic, listener#3
    "#]],
    );
}

#[test]
fn before_its_time_only_those_come_in_who_prepare() {
    check(
        "open opens-after=3600; an joins; listener joins; technician joins; chair joins; duty joins",
        expect![[r#"
            an joins: the door is not open yet
            listener joins: the door is not open yet
            in: technician#1, chair#2, duty#3
        "#]],
    );
    check(
        "open opens-after=3600 waiting; an joins; wait 3600; an joins",
        expect![[r#"
            an joins: the door is not open yet
            waiting: an
        "#]],
    );
}

#[test]
fn doorkeeper_opens_early_and_nobody_else() {
    check(
        "open opens-after=3600; technician joins; chair joins; technician opens; an joins; chair opens; \
         chair opens; an joins",
        expect![[r#"
            technician opens: the role does not allow it
            an joins: the door is not open yet
            in: technician#1, chair#2, an#3
        "#]],
    );
}

#[test]
fn waiting_room_holds_delegates_but_not_those_who_enter_directly() {
    check(
        "open waiting; an joins; chair joins; duty joins; binh joins with mic",
        expect![[r#"
        in: chair#2, duty#3
        waiting: an, binh
    "#]],
    );
}

#[test]
fn admitted_person_keeps_number_and_choice() {
    check(
        "open waiting; an joins with mic; chair joins; chair admits an",
        expect![[r#"
        in: chair#2, an#1 mic
    "#]],
    );
}

#[test]
fn admit_all_lets_everybody_in_who_waits() {
    check(
        "open waiting; an joins; binh joins; chair joins; chair admits all",
        expect![[r#"
        in: chair#3, an#1, binh#2
    "#]],
    );
}

#[test]
fn switching_the_waiting_room_off_lets_everybody_in() {
    check(
        "open waiting; an joins; binh joins; chair joins; chair stops waiting; cuc joins",
        expect![[r#"
        in: chair#3, an#1, binh#2, cuc#4
    "#]],
    );
}

#[test]
fn turned_away_person_is_out_and_may_come_again() {
    check(
        "open waiting; an joins; binh joins; chair joins; chair turns an away; an joins",
        expect![[r#"
        in: chair#3
        waiting: binh, an
    "#]],
    );
}

#[test]
fn only_doorkeepers_admit_and_are_asked_before_anybody_is_looked_up() {
    check(
        "an joins; chair joins; chair starts waiting; binh joins; an admits binh; an admits nobody; \
         an admits all; an turns binh away; an turns nobody away; chair admits nobody",
        expect![[r#"
            an admits binh: the role does not allow it
            an admits nobody: the role does not allow it
            an admits all: the role does not allow it
            an turns binh away: the role does not allow it
            an turns nobody away: the role does not allow it
            chair admits nobody: nobody is not there
            in: an#1, chair#2
            waiting: binh
        "#]],
    );
}

#[test]
fn lock_keeps_delegates_out_but_not_the_chair() {
    check(
        "secretary joins; secretary locks; an joins; chair joins; an locks",
        expect![[r#"
        an joins: the conference is locked
        an locks: nobody is not there
        in: secretary#1, chair#2
        locked
    "#]],
    );
}

#[test]
fn unlocking_lets_people_in_again() {
    check(
        "chair joins; chair locks; an joins; chair unlocks; an joins",
        expect![[r#"
        an joins: the conference is locked
        in: chair#1, an#2
    "#]],
    );
}

#[test]
fn delegate_may_not_lock_or_switch_the_waiting_room() {
    check(
        "an joins; an locks; an starts waiting",
        expect![[r#"
        an locks: the role does not allow it
        an starts waiting: the role does not allow it
        in: an#1
    "#]],
    );
}

#[test]
fn full_conference_refuses_all_but_those_who_enter_directly() {
    check(
        "open limit=2; an joins; binh joins; cuc joins; chair joins",
        expect![[r#"
        cuc joins: full, limit 2
        in: an#1, binh#2, chair#3
    "#]],
    );
}

#[test]
fn admission_stops_at_the_limit_and_the_rest_keeps_waiting() {
    check(
        "open limit=2 waiting; chair joins; an joins; binh joins; cuc joins; chair admits all; \
         chair admits binh; chair admits all; an leaves; chair admits binh",
        expect![[r#"
            chair admits binh: full, limit 2
            chair admits all: full, limit 2
            in: chair#1, binh#3
            waiting: cuc
        "#]],
    );
}

#[test]
fn guests_come_only_where_guests_are_allowed() {
    check(
        "open closed-to-guests; an joins guest; binh joins",
        expect![[r#"
        an joins guest: the role does not allow it
        in: binh#1
    "#]],
    );
    check(
        "an joins guest",
        expect![[r#"
        in: an#1
    "#]],
    );
}

#[test]
fn last_one_out_of_an_always_open_conference_unlocks_it() {
    check(
        "open always; chair joins; chair locks; chair leaves; an joins",
        expect![[r#"
        in: an#2
    "#]],
    );
    check(
        "chair joins; chair locks; chair leaves; an joins",
        expect![[r#"
        an joins: the conference is locked
        locked
    "#]],
    );
}
