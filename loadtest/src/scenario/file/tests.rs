//! What is said of files that are wrong, and that nothing in any file breaks the reader.

use super::*;
use crate::scenario::KNOWN;
use proptest::prelude::*;

const GROUP: &str = "[[group]]\nname = \"hall\"\ncount = 2\nwatches = { stage = 720 }\n";

/// What is wrong with `lines` behind a title, seconds and a group.
fn said(lines: &str) -> String {
    let text = format!("title = \"t\"\nseconds = 5\n{GROUP}{lines}");
    read("test", &text).expect_err("wrong").to_string()
}

#[test]
fn scenarios_that_come_with_the_program_are_right() {
    for (name, text) in KNOWN {
        let script = read(name, text).unwrap_or_else(|wrong| panic!("{name}: {wrong}"));
        assert!(!script.hopes.is_empty(), "{name} hopes for nothing");
    }
}

#[test]
fn a_wrong_key_is_named_with_its_line_and_those_there_are() {
    let unknown = said("[[event]]\nat_s = 1\ngroup = \"hall\"\nspeak = true\n");
    assert!(
        unknown.starts_with("line 10:") && unknown.contains("`speak`") && unknown.contains("`speaks`"),
        "{unknown}"
    );
    let value = said("sends = \"everything\"\n");
    assert!(value.starts_with("line 7:") && value.contains("`simulcast`"), "{value}");
    let figure = said("[[figure]]\nname = \"speed\"\nmost = 1\n");
    assert!(figure.starts_with("line 7:") && figure.contains("`us_cpu_per_packet`"), "{figure}");
}

#[test]
fn names_that_lead_nowhere_and_values_out_of_range_are_refused() {
    for (lines, wanted) in [
        ("link = \"bad\"\n", "no link `bad`; there are `good`"),
        ("[[event]]\nat_s = 1\ngroup = \"room\"\nleaves = true\n", "no group `room`; there are `hall`"),
        ("[[event]]\nat_s = 9\ngroup = \"hall\"\nleaves = true\n", "at_s is 9; allowed is 0 to 5"),
        ("[[event]]\nat_s = 1\ngroup = \"hall\"\n", "an event is one of"),
        ("[[event]]\nat_s = 1\ngroup = \"hall\"\nspeaks = true\n", "sends nothing"),
        ("[link.x.down]\nloss_percent = 101\n", "line 8: loss_percent is 101; allowed is 0 to 100"),
        ("[link.x.down]\ndelay_ms = nan\n", "delay_ms is NaN"),
        ("[[figure]]\nname = \"delivered_ratio\"\n", "a figure has one of"),
        (GROUP, "a second group `hall`"),
    ] {
        let said = said(lines);
        assert!(said.contains(wanted), "{lines}: {said}");
    }
    let nobody = read("test", "title = \"t\"\nseconds = 5\n").expect_err("nobody watches");
    assert!(nobody.to_string().contains("nobody would receive"), "{nobody}");
    let many = format!("title = \"t\"\nseconds = 5\n{}", GROUP.replace("= 2", "= [1, 6000]"));
    assert!(read("test", &many).expect_err("too many").to_string().contains("1 to 5000"));
}

#[test]
fn a_list_of_counts_is_a_run_for_each() {
    let text = format!("title = \"t\"\nseconds = 5\n{}", GROUP.replace("= 2", "= [10, 50]"));
    let script = read("test", &text).expect("right");
    assert_eq!((script.cases(), script.receivers(0), script.receivers(1)), (2, 10, 50));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text_at_all_is_read_or_refused(text in "\\PC*") {
        let _ = read("any", &text);
    }

    /// A good file with a piece cut out, doubled, or replaced by the signs that TOML is made of.
    #[test]
    fn a_damaged_file_is_read_or_refused(
        which in 0..KNOWN.len(), from: prop::sample::Index, len in 0_usize..40, put in "[\\[\\]{}=\"'.,#0-9a-z_ \n-]{0,12}",
    ) {
        let text = KNOWN[which].1;
        let from = from.index(text.len());
        let begins = (0..=from).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let ends = (begins + len..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
        let damaged = format!("{}{put}{}", &text[..begins], &text[ends..]);
        if let Err(wrong) = read("damaged", &damaged) {
            prop_assert!(!wrong.said.is_empty());
            prop_assert!(wrong.line.is_none_or(|line| line <= damaged.matches('\n').count() + 1));
        }
    }
}
