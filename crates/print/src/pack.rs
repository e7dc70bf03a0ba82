//! Parts of a book bound into one PDF. Parts are typeset on their own, so that
//! memory follows the longest part and not the whole book.

use hayro_write::hayro_syntax::Pdf as Finished;
use hayro_write::{ChunkSettings, ExtractionQuery, extract};
use pdf_writer::{Chunk, Pdf, Ref, TextStr};

use crate::PrintError;

/// Binds finished PDFs in their order into one, page after page. The same input gives the same bytes.
///
/// # Errors
/// [`PrintError::Binding`] when a part is not a PDF of this program.
pub fn bind(parts: Vec<Vec<u8>>, title: &str) -> Result<Vec<u8>, PrintError> {
    let mut next = Ref::new(1);
    let (catalogue, tree, info) = (next.bump(), next.bump(), next.bump());
    let mut pdf = Pdf::new();
    let mut quires = Vec::new();
    let mut count = 0;
    for (n, part) in parts.into_iter().enumerate() {
        let quire = quire(n + 1, part, tree, &mut next)?;
        count += quire.pages;
        quires.push(quire.tree);
        pdf.extend(&quire.chunk);
    }
    pdf.pages(tree).kids(quires).count(count);
    let mut root = pdf.catalog(catalogue);
    root.pages(tree).lang(TextStr("vi"));
    root.viewer_preferences().display_doc_title(true);
    drop(root);
    pdf.document_info(info)
        .title(TextStr(title))
        .creator(TextStr("Khiên"));
    Ok(pdf.finish())
}

/// The pages of one part and what they need, under numbers of the whole.
struct Quire {
    chunk: Chunk,
    tree: Ref,
    pages: i32,
}

fn quire(n: usize, part: Vec<u8>, tree: Ref, next: &mut Ref) -> Result<Quire, PrintError> {
    let wrong = |what: &str| PrintError::Binding {
        message: format!("part {n}: {what}"),
    };
    let part = Finished::new(part).map_err(|_| wrong("not a PDF"))?;
    let queries: Vec<ExtractionQuery> = (0..part.pages().len())
        .map(ExtractionQuery::new_page)
        .collect();
    let found = extract(
        &part,
        Box::new(|| next.bump()),
        ChunkSettings::default(),
        // Only pages drawn as pictures have a group of their own.
        |_| {},
        &queries,
    );
    let found = found.map_err(|_| wrong("a page is missing"))?;
    let pages: Option<Vec<Ref>> = found.root_refs.into_iter().map(Result::ok).collect();
    let pages = pages.ok_or_else(|| wrong("a page cannot be read"))?;
    let count = i32::try_from(pages.len()).map_err(|_| wrong("too many pages"))?;
    let mut chunk = found.chunk;
    chunk
        .pages(found.page_tree_parent_ref)
        .parent(tree)
        .kids(pages)
        .count(count);
    Ok(Quire {
        chunk,
        tree: found.page_tree_parent_ref,
        pages: count,
    })
}
