//! Everything that is kept, proven on SQLite and on PostgreSQL: the store's conformance suite and
//! the journal with every kind of tampering, done by SQL.

#[macro_use]
mod subject;
mod credentials;
mod folder;
mod journal_chain;
mod journal_head;
mod journal_replay;
mod journal_tampering;
mod journal_writer;
mod meetings;
mod migration;
mod mutated_input;
mod outbox;
mod people;
mod planning;
mod postgres;
mod rows;
