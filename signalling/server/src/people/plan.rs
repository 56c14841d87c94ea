//! What an import would change: each row added, changed, unchanged or refused.
//!
//! Called by `people::apply` with the table and what the store holds. Pure; the rules of rows and
//! of who may write whom stand here and nowhere else.

use super::table::{Field, FileKind, Row, Table, folded};
use crate::auth::{folded_user, is_administrator};
use crate::store::{Account, ImportedAccount, Unit};
use conference::{PersonId, Role};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use ts_rs::TS;
use utoipa::ToSchema;

/// Longest login name, name, unit and code, in characters.
const USER_LIMIT: usize = 80;
const NAME_LIMIT: usize = 120;
const UNIT_LIMIT: usize = 120;
const CODE_LIMIT: usize = 40;
/// Highest tree of units.
const DEPTH_LIMIT: usize = 16;

/// Why a row is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RowProblem {
    Missing,
    TooLong,
    BadCharacters,
    TooManyValues,
    UnknownRole,
    UnknownUnit,
    /// Several units have that name: write the code.
    AmbiguousUnit,
    /// An earlier row is about the same person or unit.
    Duplicate,
    /// Only people of one's own unit and of those below.
    OtherUnit,
    /// Only administrators make and change administrators.
    RoleNotAllowed,
    /// Nobody changes the own role.
    OwnRole,
    UnknownParent,
    /// A unit would stand below itself, or too deep.
    BadTree,
}

/// One value that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct FieldChange {
    pub field: Field,
    pub from: String,
    pub to: String,
}

/// What becomes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Added,
    Changed,
    Unchanged,
    Refused,
}

/// One row as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Line {
    /// Line of the file, from 1.
    pub line: u32,
    /// Login name, or code of the unit, as the file has it.
    pub key: String,
    pub name: String,
    pub outcome: Outcome,
    pub changes: Vec<FieldChange>,
    /// Of a refused row: why, and in which column.
    pub problem: Option<RowProblem>,
    pub field: Option<Field>,
}

/// Whom somebody may write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Administrators, and the command line (`None`).
    Everybody(Option<PersonId>),
    /// Unit administrators: the own unit and those below.
    OwnUnit { person: PersonId, code: Option<String>, name: String },
}

/// What would change.
#[derive(Clone, Debug)]
pub struct Plan {
    pub lines: Vec<Line>,
    pub(super) people: Vec<ImportedAccount>,
    pub(super) units: Vec<Unit>,
}

impl Plan {
    /// How many rows have that outcome.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> usize {
        self.lines.iter().filter(|line| line.outcome == outcome).count()
    }
}

type Refused = (RowProblem, Field);

fn text_of(table: &Table, row: &Row, field: Field, limit: usize) -> Result<String, Refused> {
    let text = table.text(row, field);
    if text.chars().count() > limit {
        return Err((RowProblem::TooLong, field));
    }
    if text.chars().any(char::is_control) {
        return Err((RowProblem::BadCharacters, field));
    }
    Ok(text.to_owned())
}

fn needed(table: &Table, row: &Row, field: Field, limit: usize) -> Result<String, Refused> {
    let text = text_of(table, row, field, limit)?;
    if text.is_empty() { Err((RowProblem::Missing, field)) } else { Ok(text) }
}

fn line_of(table: &Table, row: &Row) -> Line {
    let key = match table.kind {
        FileKind::People => Field::User,
        FileKind::Units => Field::Code,
    };
    let shown = |field, limit| table.text(row, field).chars().take(limit).collect();
    Line {
        line: row.line,
        key: shown(key, USER_LIMIT),
        name: shown(Field::Name, UNIT_LIMIT),
        outcome: Outcome::Unchanged,
        changes: Vec::new(),
        problem: None,
        field: None,
    }
}

fn refuse(line: &mut Line, (problem, field): Refused) {
    line.outcome = Outcome::Refused;
    line.problem = Some(problem);
    line.field = Some(field);
}

fn note(changes: &mut Vec<FieldChange>, field: Field, from: &str, to: &str) {
    if from != to {
        changes.push(FieldChange { field, from: from.to_owned(), to: to.to_owned() });
    }
}

fn role_word(role: Role) -> String {
    let word = serde_json::to_value(role).expect("a role is a word");
    word.as_str().unwrap_or_default().to_owned()
}

fn role_of(text: &str) -> Option<Role> {
    Some(match folded(text).as_str() {
        "chair" | "chủ trì" => Role::Chair,
        "secretary" | "thư ký" => Role::Secretary,
        "delegate" | "đại biểu" => Role::Delegate,
        "listener" | "dự thính" | "người theo dõi" => Role::Listener,
        "site operator" | "kỹ thuật điểm cầu" | "cán bộ điểm cầu" => Role::SiteOperator,
        "duty operator" | "trực vận hành" | "cán bộ trực" => Role::DutyOperator,
        "clerk" | "văn thư" => Role::Clerk,
        "unit administrator" | "quản trị đơn vị" => Role::UnitAdministrator,
        "administrator" | "quản trị hệ thống" | "quản trị viên" => Role::Administrator,
        _ => return None,
    })
}

/// The units as they are looked up.
struct Units<'a> {
    by_code: HashMap<&'a str, &'a Unit>,
    by_name: HashMap<String, Vec<&'a Unit>>,
}

impl<'a> Units<'a> {
    fn new(units: &'a [Unit]) -> Self {
        let mut by_name: HashMap<String, Vec<&Unit>> = HashMap::new();
        for unit in units {
            by_name.entry(folded(&unit.name)).or_default().push(unit);
        }
        Self { by_code: units.iter().map(|unit| (unit.code.as_str(), unit)).collect(), by_name }
    }

    fn find(&self, text: &str) -> Result<&'a Unit, RowProblem> {
        if let Some(unit) = self.by_code.get(text) {
            return Ok(unit);
        }
        match self.by_name.get(&folded(text)).map(Vec::as_slice) {
            Some([unit]) => Ok(unit),
            Some(_) => Err(RowProblem::AmbiguousUnit),
            None => Err(RowProblem::UnknownUnit),
        }
    }

    /// Whether `code` is `above` or stands below it.
    fn is_under(&self, code: &str, above: &str) -> bool {
        let mut at = Some(code);
        for _ in 0..DEPTH_LIMIT {
            match at {
                Some(code) if code == above => return true,
                Some(code) => at = self.by_code.get(code).and_then(|unit| unit.parent.as_deref()),
                None => return false,
            }
        }
        false
    }
}

/// Compares a file of people with the accounts that are there.
#[must_use]
pub(super) fn people(table: &Table, accounts: &[Account], units: &[Unit], scope: &Scope) -> Plan {
    let found: HashMap<&str, &Account> =
        accounts.iter().map(|account| (account.user.as_str(), account)).collect();
    let units = Units::new(units);
    let mut seen = HashSet::new();
    let mut plan =
        Plan { lines: Vec::with_capacity(table.rows.len()), people: Vec::new(), units: Vec::new() };
    for row in &table.rows {
        let mut line = line_of(table, row);
        match person(table, row, &found, &units, scope, &mut seen) {
            Err(refused) => refuse(&mut line, refused),
            Ok(wanted) => {
                if let Some(there) = found.get(wanted.user.as_str()) {
                    note(&mut line.changes, Field::Name, &there.person.name, &wanted.name);
                    note(&mut line.changes, Field::Unit, &there.person.unit, &wanted.unit);
                    note(&mut line.changes, Field::Role, &role_word(there.role), &role_word(wanted.role));
                    let moved = there.unit_code != wanted.unit_code;
                    if moved || !line.changes.is_empty() {
                        line.outcome = Outcome::Changed;
                        plan.people.push(wanted);
                    }
                } else {
                    line.outcome = Outcome::Added;
                    plan.people.push(wanted);
                }
            }
        }
        plan.lines.push(line);
    }
    plan
}

fn person(
    table: &Table,
    row: &Row,
    found: &HashMap<&str, &Account>,
    units: &Units<'_>,
    scope: &Scope,
    seen: &mut HashSet<String>,
) -> Result<ImportedAccount, Refused> {
    if row.has_too_many {
        return Err((RowProblem::TooManyValues, Field::User));
    }
    let user = folded_user(&needed(table, row, Field::User, USER_LIMIT)?);
    if user.chars().any(char::is_whitespace) {
        return Err((RowProblem::BadCharacters, Field::User));
    }
    let name = needed(table, row, Field::Name, NAME_LIMIT)?;
    let role = needed(table, row, Field::Role, NAME_LIMIT)?;
    let role = role_of(&role).ok_or((RowProblem::UnknownRole, Field::Role))?;
    let unit = text_of(table, row, Field::Unit, UNIT_LIMIT)?;
    let (unit_code, unit) = unit_for(&unit, units, scope)?;
    if !seen.insert(user.clone()) {
        return Err((RowProblem::Duplicate, Field::User));
    }
    let there = found.get(user.as_str()).copied();
    may_write(scope, there, role, units)?;
    Ok(ImportedAccount {
        existing: there.map(|account| account.person.id),
        user,
        name,
        unit,
        unit_code,
        role,
        password_hash: String::new(),
    })
}

/// The unit that a row names, within `scope`.
fn unit_for(text: &str, units: &Units<'_>, scope: &Scope) -> Result<(Option<String>, String), Refused> {
    let problem = |problem| (problem, Field::Unit);
    let own = match scope {
        Scope::Everybody(_) => None,
        Scope::OwnUnit { code, name, .. } => Some((code, name)),
    };
    let text = match own {
        Some((code, name)) if text.is_empty() => code.as_ref().unwrap_or(name),
        _ => text,
    };
    // Before any unit was imported the unit is a line of text.
    if units.by_code.is_empty() || text.is_empty() {
        let is_own = own.is_none_or(|(_, name)| folded(name) == folded(text) && !text.is_empty());
        return if is_own { Ok((None, text.to_owned())) } else { Err(problem(RowProblem::OtherUnit)) };
    }
    let unit = units.find(text).map_err(problem)?;
    let is_allowed = own.is_none_or(|(code, name)| is_own_unit(units, &unit.code, code.as_deref(), name));
    if !is_allowed {
        return Err(problem(RowProblem::OtherUnit));
    }
    Ok((Some(unit.code.clone()), unit.name.clone()))
}

fn is_own_unit(units: &Units<'_>, code: &str, own: Option<&str>, own_name: &str) -> bool {
    let own = own.or_else(|| units.find(own_name).ok().map(|unit| unit.code.as_str()));
    own.is_some_and(|own| units.is_under(code, own))
}

fn may_write(scope: &Scope, there: Option<&Account>, role: Role, units: &Units<'_>) -> Result<(), Refused> {
    let (own, is_unit) = match scope {
        Scope::Everybody(own) => (*own, false),
        Scope::OwnUnit { person, .. } => (Some(*person), true),
    };
    if let Some(account) = there
        && Some(account.person.id) == own
        && account.role != role
    {
        return Err((RowProblem::OwnRole, Field::Role));
    }
    if !is_unit {
        return Ok(());
    }
    let is_self = there.is_some_and(|account| Some(account.person.id) == own);
    let was_administrator = there.is_some_and(|account| is_administrator(account.role));
    if !is_self && (is_administrator(role) || was_administrator) {
        return Err((RowProblem::RoleNotAllowed, Field::Role));
    }
    if let (Some(account), Scope::OwnUnit { code, name, .. }) = (there, scope) {
        let is_own = match &account.unit_code {
            Some(unit) => is_own_unit(units, unit, code.as_deref(), name),
            None => folded(&account.person.unit) == folded(name),
        };
        if !is_own {
            return Err((RowProblem::OtherUnit, Field::User));
        }
    }
    Ok(())
}

/// Compares a file of units with those that are there.
#[must_use]
pub(super) fn units(table: &Table, there: &[Unit]) -> Plan {
    let found: HashMap<&str, &Unit> = there.iter().map(|unit| (unit.code.as_str(), unit)).collect();
    // A parent may stand anywhere in the file.
    let mut parents: HashMap<String, Option<String>> =
        there.iter().map(|unit| (unit.code.clone(), unit.parent.clone())).collect();
    for row in &table.rows {
        let parent = Some(table.text(row, Field::Parent)).filter(|text| !text.is_empty());
        parents.insert(table.text(row, Field::Code).to_owned(), parent.map(str::to_owned));
    }
    let mut seen = HashSet::new();
    let mut plan =
        Plan { lines: Vec::with_capacity(table.rows.len()), people: Vec::new(), units: Vec::new() };
    for row in &table.rows {
        let mut line = line_of(table, row);
        match unit(table, row, &parents, &mut seen) {
            Err(refused) => refuse(&mut line, refused),
            Ok(wanted) => match found.get(wanted.code.as_str()) {
                Some(there) => {
                    note(&mut line.changes, Field::Name, &there.name, &wanted.name);
                    let parent = |unit: &Unit| unit.parent.clone().unwrap_or_default();
                    note(&mut line.changes, Field::Parent, &parent(there), &parent(&wanted));
                    if !line.changes.is_empty() {
                        line.outcome = Outcome::Changed;
                        plan.units.push(wanted);
                    }
                }
                None => {
                    line.outcome = Outcome::Added;
                    plan.units.push(wanted);
                }
            },
        }
        plan.lines.push(line);
    }
    plan
}

fn unit(
    table: &Table,
    row: &Row,
    parents: &HashMap<String, Option<String>>,
    seen: &mut HashSet<String>,
) -> Result<Unit, Refused> {
    if row.has_too_many {
        return Err((RowProblem::TooManyValues, Field::Code));
    }
    let code = needed(table, row, Field::Code, CODE_LIMIT)?;
    if code.chars().any(char::is_whitespace) {
        return Err((RowProblem::BadCharacters, Field::Code));
    }
    let name = needed(table, row, Field::Name, UNIT_LIMIT)?;
    let parent = text_of(table, row, Field::Parent, CODE_LIMIT)?;
    let parent = Some(parent).filter(|text| !text.is_empty());
    if !seen.insert(code.clone()) {
        return Err((RowProblem::Duplicate, Field::Code));
    }
    let mut above = parent.as_ref();
    for depth in 0.. {
        let Some(at) = above else { break };
        if *at == code || depth == DEPTH_LIMIT {
            return Err((RowProblem::BadTree, Field::Parent));
        }
        let next = parents.get(at).ok_or((RowProblem::UnknownParent, Field::Parent))?;
        above = next.as_ref();
    }
    Ok(Unit { code, name, parent })
}
