//! The patrol against workers, files, servers and clients that behave badly. This file has its own `main`,
//! because it is also the workers: started with `scan-worker` it locks itself like the real one and reads
//! files that say what it shall do. So crashes, hangs and hunger are real, and no such door exists in the
//! program.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a story that cannot go on has failed"
)]

mod crawl;
mod gate;
mod icap;
mod peers;
mod pool;
mod stand_in;
mod tree;
mod web;

use patrol::worker::{self, Walls};

macro_rules! stories {
    ($($room:ident :: $story:ident),* $(,)?) => {
        &[$((concat!(stringify!($room), "::", stringify!($story)), $room::$story)),*]
    };
}

const STORIES: &[(&str, fn())] = stories![
    pool::each_end_of_a_worker_costs_its_file_only,
    pool::a_hanging_file_is_ended_by_the_wall_clock,
    pool::files_handed_over_together_end_as_each_alone,
    pool::what_was_found_before_the_crash_is_kept,
    pool::workers_are_replaced_after_their_files,
    pool::a_worker_that_grew_is_not_the_next_ones_fault,
    pool::a_worker_that_cannot_lock_is_refused,
    pool::a_locked_worker_gets_a_second_opinion_from_its_parent,
    pool::a_worker_sees_neither_folder_nor_environment,
    tree::a_planted_tree_is_read_whole,
    tree::a_second_run_reads_only_what_changed,
    tree::a_changing_file_is_not_clean,
    tree::a_huge_sparse_file_takes_neither_time_nor_memory,
    tree::reports_come_in_the_order_of_the_walk,
    gate::raw_bodies_and_forms_are_decided_on,
    gate::what_is_too_large_is_refused_and_the_gate_goes_on,
    gate::a_folder_passes_on_what_was_scanned,
    icap::uploads_and_pages_pass_or_are_refused,
    icap::forms_pages_and_strange_requests_are_answered,
    icap::a_preview_is_continued_or_whole,
    icap::clients_that_stop_half_way_leave_the_gate_working,
    crawl::only_the_own_host_is_fetched_as_robots_allow,
    crawl::pages_without_end_or_answer_are_not_clean,
    crawl::the_number_of_pages_is_a_limit_that_is_told,
    crawl::a_portal_over_tls_shows_a_certificate_that_is_known,
    peers::squid_and_its_gate,
    peers::c_icap_client_and_our_gate,
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let says = |word: &str| arguments.iter().any(|argument| argument == word);
    match arguments.first().map(String::as_str) {
        Some("scan-worker") => worker::serve(Walls::Required, &mut stand_in::obey).unwrap(),
        Some("sulking-worker") => stand_in::sulk(),
        _ if says("--list") => {
            // Nothing is ignored.
            for (name, _) in STORIES.iter().filter(|_| !says("--ignored")) {
                println!("{name}: test");
            }
        }
        _ => {
            let names: Vec<&String> = arguments
                .iter()
                .filter(|word| !word.starts_with('-'))
                .collect();
            let wanted =
                |name: &str| names.is_empty() || names.iter().any(|word| name.contains(*word));
            let mut told = 0;
            for (name, story) in STORIES.iter().filter(|(name, _)| wanted(name)) {
                story();
                told += 1;
                println!("{name}: ok");
            }
            assert!(told > 0, "no story of this name");
        }
    }
}
