//! Raised hands and chat.

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
