//! The floor: hands, queues, turns; and chat.

use crate::script::{Play, check};
use conference::MAX_CHAT_MESSAGES;
use expect_test::expect;

#[test]
fn hands_stand_in_the_order_raised() {
    check(
        "chair joins; an joins; binh joins; binh raises; an raises; binh raises",
        expect![[r#"
        in: chair#1, an#2, binh#3
        hands: binh, an
    "#]],
    );
}

#[test]
fn own_hand_may_be_lowered_and_goes_to_the_end_when_raised_again() {
    check(
        "an joins; binh joins; an raises; binh raises; an lowers; an raises",
        expect![[r#"
        in: an#1, binh#2
        hands: binh, an
    "#]],
    );
}

#[test]
fn only_leading_roles_lower_other_hands() {
    check(
        "chair joins; an joins; binh joins; an raises; binh lowers an; binh lowers nobody",
        expect![[r#"
        binh lowers an: the role does not allow it
        binh lowers nobody: the role does not allow it
        in: chair#1, an#2, binh#3
        hands: an
    "#]],
    );
    check(
        "chair joins; an joins; an raises; chair lowers an; chair lowers nobody",
        expect![[r#"
        chair lowers nobody: nobody is not there
        in: chair#1, an#2
    "#]],
    );
}

#[test]
fn somebody_who_leaves_takes_the_hand_along() {
    check(
        "an joins; binh joins; an raises; binh raises; an leaves",
        expect![[r#"
        in: binh#2
        hands: binh
    "#]],
    );
}

#[test]
fn chat_keeps_order_and_stays_when_the_author_left() {
    check(
        "an joins; binh joins; an says mot; binh says hai; an leaves; binh says ba",
        expect![[r#"
        in: binh#2
        chat: an: mot, binh: hai, binh: ba
    "#]],
    );
}

#[test]
fn chat_text_has_1_to_2000_characters() {
    check(
        "an joins; an writes 0 characters; an writes 2000 characters; an writes 2001 characters",
        expect![[r#"
            an writes 0 characters: text must have 1 to 2000 characters
            an writes 2001 characters: text must have 1 to 2000 characters
            in: an#1
            chat: an: 
        "#]],
    );
}

#[test]
fn chat_keeps_the_newest_500() {
    let mut play = Play::new();
    play.statement("an joins");
    for number in 0..MAX_CHAT_MESSAGES + 10 {
        play.statement(&format!("an says {number}"));
    }
    assert_eq!(play.state.chat().len(), MAX_CHAT_MESSAGES);
    assert_eq!(play.state.chat().next().map(|c| c.message), Some(11));
    play.texts.keep_only_used(&play.state);
    assert_eq!(play.texts.len(), MAX_CHAT_MESSAGES + 1);
}

#[test]
fn grant_opens_the_microphone_and_takes_the_request() {
    check(
        "chair joins; an joins with mic; chair mutes an; an raises; chair grants next",
        expect![[r#"
            in: chair#1, an#2 mic
            floor: an
            stage: an
        "#]],
    );
    check(
        "chair joins; an joins; an raises; chair grants next; listener joins; chair grants listener; listener sends mic",
        expect![[r#"
        in: chair#1, an#2, listener#3 mic
        floor: listener
        stage: listener
    "#]],
    );
}

#[test]
fn own_muted_microphone_is_not_opened_by_others() {
    check(
        "chair joins; an joins; chair grants an",
        expect![[r#"
        in: chair#1, an#2
        floor: an
        stage: an
    "#]],
    );
}

#[test]
fn one_floor_at_a_time_and_the_faster_chair_wins() {
    check(
        "chair joins; chair2 joins; an joins; binh joins; an raises; binh raises; \
         chair grants next seen=0; chair2 grants next seen=0",
        expect![[r#"
            chair2 grants next seen=0: the floor has changed, turn 1 runs
            in: chair#1, chair2#2, an#3, binh#4
            hands: binh
            floor: an
            stage: an
        "#]],
    );
}

#[test]
fn questions_wait_in_a_queue_of_their_own() {
    check(
        "chair joins; an joins; binh joins; an asks question; binh raises; an raises; chair grants next question",
        expect![[r#"
            in: chair#1, an#2, binh#3
            hands: binh, an
            floor: an
            stage: an
        "#]],
    );
}

#[test]
fn queue_is_ordered_by_leaders_only() {
    check(
        "chair joins; an joins; binh joins; cuc joins; an raises; binh raises; cuc raises; \
         an moves cuc 0; chair moves cuc 0; chair moves an 99; chair moves chair 0",
        expect![[r#"
            an moves cuc 0: the role does not allow it
            chair moves chair 0: participant 1 is not waiting
            in: chair#1, an#2, binh#3, cuc#4
            hands: cuc, binh, an
        "#]],
    );
}

#[test]
fn closed_registration_takes_requests_of_leaders_only() {
    check(
        "chair joins; an joins; chair closes registration; an raises; chair raises",
        expect![[r#"
            an raises: no requests are taken now
            in: chair#1, an#2
            hands: chair
        "#]],
    );
}

#[test]
fn speaker_ends_the_own_turn_and_nobody_elses() {
    check(
        "chair joins; an joins; binh joins; chair grants an; binh releases; an releases; an releases",
        expect![[r#"
            binh releases: the role does not allow it
            an releases: the role does not allow it
            in: chair#1, an#2, binh#3
        "#]],
    );
}

#[test]
fn floor_outlives_the_connection_for_10_seconds() {
    check(
        "chair joins; an joins with mic; chair grants an; an drops; wait 9; an resumes; wait 20",
        expect![[r#"
            in: chair#1, an#2 mic
            floor: an
            stage: an
        "#]],
    );
    check(
        "chair joins; an joins with mic; chair grants an; an drops; wait 10; an resumes",
        expect![[r#"
        in: chair#1, an#2 mic
    "#]],
    );
}

#[test]
fn site_that_left_and_came_back_in_time_keeps_its_turn() {
    check(
        "invite tan-my; chair joins; an joins for=tan-my; chair grants site tan-my; an leaves; wait 5; binh joins for=tan-my",
        expect![[r#"
            in: chair#1, binh#3
            floor: binh
            stage: binh
        "#]],
    );
}

#[test]
fn removed_speaker_loses_the_floor_at_once() {
    check(
        "chair joins; an joins; chair grants an; chair removes an",
        expect![[r#"
        in: chair#1
    "#]],
    );
}

#[test]
fn somebody_who_is_away_is_not_called() {
    check(
        "chair joins; an joins; binh joins; an raises; binh raises; an drops; chair grants an; chair grants next; \
         chair grants nobody; an resumes; chair grants next; chair grants next",
        expect![[r#"
            chair grants an: participant 2 is away
            chair grants nobody: nobody is not there
            chair grants next: nobody who waits is there
            in: chair#1, an#2, binh#3
            floor: an
            stage: an
        "#]],
    );
}
