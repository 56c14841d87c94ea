//! The roll call over the invited sites.

use crate::script::{Play, check};
use conference::roll_call::RollCallEvent;
use conference::{Event, evolve};
use expect_test::expect;

const THREE: &str = "invite a b c; chair joins with mic; xa joins with mic for=a; xb joins with mic for=b; xc joins with mic for=c";

fn with(rest: &str) -> String {
    format!("{THREE}; {rest}")
}

#[test]
fn called_site_is_on_the_stage_and_only_it_and_the_chair_are_heard() {
    check(
        &with("chair calls roll"),
        expect![[r#"
        in: chair#1 mic, xa#2 mic, xb#3 muted-by-chair, xc#4 muted-by-chair
        stage: xa
        called: a
    "#]],
    );
    check(
        &with("chair calls roll; xb sends mic; chair marks a present"),
        expect![[r#"
        xb sends mic: microphones are open only to who leads and who has the floor
        in: chair#1 mic, xa#2 muted-by-chair, xb#3 mic, xc#4 muted-by-chair
        stage: xb
        called: b
        found: a=Present
    "#]],
    );
}

#[test]
fn walk_ends_behind_the_last_site_and_failed_ones_are_called_again() {
    check(
        &with("chair calls roll; chair marks a present; chair marks b no-sound; chair marks c absent"),
        expect![[r#"
            in: chair#1 mic, xa#2 muted-by-chair, xb#3 muted-by-chair, xc#4 muted-by-chair
            found: a=Present, b=NoSound, c=Absent
        "#]],
    );
    check(
        &with(
            "chair calls roll; chair marks a present; chair marks b no-sound; chair marks c absent; \
             chair calls roll again; chair marks b present",
        ),
        expect![[r#"
            in: chair#1 mic, xa#2 muted-by-chair, xb#3 muted-by-chair, xc#4 mic
            stage: xc
            called: c
            found: a=Present, b=Present
        "#]],
    );
}

#[test]
fn any_site_may_be_marked_and_called_out_of_order() {
    check(
        &with(
            "chair calls roll; chair marks c present; chair marks a present; chair calls a; chair marks a absent",
        ),
        expect![[r#"
            in: chair#1 mic, xa#2 muted-by-chair, xb#3 mic, xc#4 muted-by-chair
            stage: xb
            called: b
            found: a=Absent, c=Present
        "#]],
    );
}

#[test]
fn pause_gives_the_stage_back_and_the_walk_goes_on_where_it_stood() {
    check(
        &with("chair calls roll; chair marks a present; chair pauses; chair calls roll; chair calls roll"),
        expect![[r#"
            in: chair#1 mic, xa#2 muted-by-chair, xb#3 mic, xc#4 muted-by-chair
            stage: xb
            called: b
            found: a=Present
        "#]],
    );
    check(
        &with("chair calls roll; chair finishes; chair marks b absent"),
        expect![[r#"
        in: chair#1 mic, xa#2 muted-by-chair, xb#3 muted-by-chair, xc#4 muted-by-chair
        found: b=Absent
    "#]],
    );
}

#[test]
fn only_leaders_call_the_roll_and_they_are_asked_before_anything_is_looked_up() {
    check(
        &with(
            "xa calls roll; xa marks nowhere present; chair marks a present; chair calls nowhere; chair calls roll; chair calls nowhere",
        ),
        expect![[r#"
            xa calls roll: the role does not allow it
            xa marks nowhere present: the role does not allow it
            chair marks a present: no roll call runs
            chair calls nowhere: no roll call runs
            chair calls nowhere: no such site is invited
            in: chair#1 mic, xa#2 mic, xb#3 muted-by-chair, xc#4 muted-by-chair
            stage: xa
            called: a
        "#]],
    );
    check(
        "chair joins; chair calls roll",
        expect![[r#"
        chair calls roll: no site is invited, or none is left
        in: chair#1
    "#]],
    );
}

#[test]
fn site_without_anybody_is_called_too_and_may_come_while_it_is() {
    check(
        "invite a b; chair joins; chair calls roll; xa joins with mic for=a; xz joins with mic for=zz",
        expect![[r#"
            in: chair#1, xa#2 mic, xz#3 muted-by-nobody
            stage: xa
            called: a
        "#]],
    );
}

#[test]
fn roll_call_of_277_sites_survives_a_crash_in_the_middle() {
    let mut play = Play::new();
    let sites: Vec<String> = (1..=277).map(|number| format!("s{number}")).collect();
    play.statement(&format!("invite {}", sites.join(" ")));
    play.statement("chair joins");
    for site in sites.iter().step_by(3) {
        play.statement(&format!("x{site} joins with mic for={site}"));
    }
    play.statement("chair calls roll");
    for (number, site) in sites.iter().enumerate() {
        if number == 100 {
            // What a new process has: the rows.
            let mut again = conference::State::new(play.state.id().clone());
            play.rows.iter().for_each(|row| evolve(&mut again, row));
            assert_eq!(again, play.state);
            play.state = again;
            play.statement("restart");
            play.statement("chair resumes");
        }
        let called = play.state.roll_call().and_then(|roll| roll.on_stage()).map(ToString::to_string);
        assert_eq!(called.as_deref(), Some(site.as_str()));
        play.statement(&format!("chair marks {site} {}", if number % 3 == 0 { "present" } else { "absent" }));
    }
    assert!(play.state.sites().iter().all(|site| site.found.is_some() && !site.due));
    let is_walked = |row: &&Event| matches!(row, Event::RollCall(RollCallEvent::Walked { .. }));
    assert_eq!(play.rows.iter().filter(is_walked).count(), 1);
}

#[test]
fn while_277_sites_join_and_half_of_them_flap_everybody_is_there_once_and_in_order() {
    let mut play = Play::new();
    let sites: Vec<String> = (1..=277).map(|number| format!("s{number}")).collect();
    play.statement(&format!("invite {}", sites.join(" ")));
    play.statement("chair joins");
    play.statement("chair calls roll");
    for (number, site) in sites.iter().enumerate() {
        play.statement(&format!("x{site} joins with mic for={site}"));
        if number % 2 == 1 {
            play.statement(&format!("x{site} drops"));
            // One comes back by its token, the next one as a new page.
            let back = if number % 4 == 1 { "resumes" } else { "joins with mic here" };
            play.statement(&format!("x{site} {back}"));
            play.statement(&format!("x{site} drops"));
        }
    }
    let inside = play.state.participants().len();
    assert_eq!(inside, 278, "nobody is there twice");
    let mut again = conference::State::new(play.state.id().clone());
    play.rows.iter().for_each(|row| evolve(&mut again, row));
    assert_eq!(again, play.state, "the rows lead to the same order");
    // Those who stay away lose their places together; the called site keeps its turn to be marked.
    play.statement("wait 60");
    assert_eq!(play.state.participants().len(), 278 - 138);
    let called = play.state.roll_call().and_then(|roll| roll.on_stage()).map(ToString::to_string);
    assert_eq!(called.as_deref(), Some("s1"));
    play.statement("chair marks s2 absent");
    assert!(play.state.invited(&conference::SiteId::new("s2").expect("a site")).is_some());
}
