//! Reads docs/protocol.md as fixtures: what it shows must be what the server speaks.
//!
//! Every fenced example must parse as what it says it is and come out unchanged; the tables must
//! be those of the code; and no message may be without an example.

use conference::role::{Act, Role, may};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use signalling_server::protocol::api::ApiError;
use signalling_server::protocol::{ClientMessage, CloseCode, ServerFrame, typescript};
use std::collections::BTreeSet;

const DOCUMENT: &str = include_str!("../../../docs/protocol.md");

/// Bodies of the fenced blocks whose info string is `json KIND`.
fn examples(kind: &str) -> Vec<&'static str> {
    let opening = format!("json {kind}\n");
    let blocks = DOCUMENT.split("```").skip(1).step_by(2);
    blocks.filter_map(|block| block.strip_prefix(&opening)).map(str::trim).collect()
}

fn check_round_trip<T: DeserializeOwned + Serialize>(kind: &str) -> Vec<Value> {
    let found = examples(kind);
    assert!(!found.is_empty(), "no example of {kind}");
    let check = |text: &&str| {
        let parsed: T = serde_json::from_str(text).unwrap_or_else(|e| panic!("{text}: {e}"));
        let written = serde_json::to_string(&parsed).expect("is written");
        let (written, shown): (Value, Value) =
            (serde_json::from_str(&written).expect("JSON"), serde_json::from_str(text).expect("JSON"));
        assert_eq!(written, shown);
        shown
    };
    found.iter().map(check).collect()
}

/// Tags of a type as the generated TypeScript lists them.
fn tags(declaration: &str, tag: &str) -> BTreeSet<String> {
    let all = typescript();
    let from = all.find(&format!("export type {declaration} = ")).expect("is declared");
    let end = all[from..].find(";\n\n").expect("ends") + from;
    let mark = format!("\"{tag}\": \"");
    let parts = all[from..end].split(&mark).skip(1);
    parts.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

fn shown(examples: &[Value], pointer: &str) -> BTreeSet<String> {
    examples.iter().filter_map(|e| e.pointer(pointer)?.as_str()).map(str::to_owned).collect()
}

#[test]
fn every_request_has_an_example_that_parses() {
    let examples = check_round_trip::<ClientMessage>("client");
    assert_eq!(shown(&examples, "/type"), tags("Request", "type"));
}

#[test]
fn every_server_message_and_delta_has_an_example_that_parses() {
    let examples = check_round_trip::<ServerFrame>("server");
    let mut messages = tags("ServerMessage", "type");
    messages.extend(tags("Volatile", "type"));
    assert_eq!(shown(&examples, "/type"), messages);
    assert_eq!(shown(&examples, "/delta/kind"), tags("Delta", "kind"));
}

#[test]
fn error_examples_parse() {
    check_round_trip::<ApiError>("error");
}

#[test]
fn close_codes_are_those_of_the_document() {
    for code in CloseCode::ALL {
        let back = if code.comes_back() { "yes" } else { "no" };
        let line = format!("| {} | `{}` | {back} |", code.number(), code.word());
        assert!(DOCUMENT.contains(&line), "{line}");
    }
}

#[test]
fn permission_table_is_that_of_the_code() {
    const ROLES: [Role; 9] = [
        Role::Chair,
        Role::Secretary,
        Role::Delegate,
        Role::Listener,
        Role::SiteOperator,
        Role::DutyOperator,
        Role::Clerk,
        Role::UnitAdministrator,
        Role::Administrator,
    ];
    let roles: Vec<String> = ROLES.iter().map(word).collect();
    let mut table = format!("| act | {} |\n|---|{}\n", roles.join(" | "), ":-:|".repeat(9));
    for act in Act::ALL {
        let marks: Vec<_> = ROLES.iter().map(|r| if may(*r, act) { "●" } else { "–" }).collect();
        table.push_str(&format!("| {} | {} |\n", word(act), marks.join(" | ")));
    }
    assert!(DOCUMENT.contains(&table), "the table must read:\n{table}");
}

/// Wire word of a unit enum.
fn word(value: impl Serialize) -> String {
    let value = serde_json::to_value(value).expect("is written");
    value.as_str().expect("a word").to_owned()
}
