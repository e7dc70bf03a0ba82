//! Parts of a book bound into one PDF. Parts are typeset one after the other, so that
//! memory follows the longest part and not the whole book.

use lopdf::{Dictionary, Document, Object, ObjectId, dictionary};

use crate::PrintError;

/// Binds finished PDFs in their order into one, page after page. The same input gives the same bytes.
///
/// # Errors
/// [`PrintError::Binding`] when a part is not a PDF of this program.
pub fn bind(parts: Vec<Vec<u8>>, title: &str) -> Result<Vec<u8>, PrintError> {
    let mut whole = Document::with_version("1.7");
    let tree = whole.new_object_id();
    let mut kids: Vec<Object> = Vec::new();
    for part in parts {
        let mut part = Document::load_mem(&part).map_err(|error| damaged(&error))?;
        part.renumber_objects_with(whole.max_id + 1);
        let pages: Vec<ObjectId> = part.get_pages().into_values().collect();
        for page in pages {
            inherit(&mut part, page, tree)?;
            kids.push(Object::Reference(page));
        }
        whole.max_id = part.max_id;
        whole.objects.append(&mut part.objects);
    }
    let count = i64::try_from(kids.len()).unwrap_or(i64::MAX);
    whole.objects.insert(
        tree,
        dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count }.into(),
    );
    let catalogue = whole.add_object(dictionary! {
        "Type" => "Catalog",
        "Pages" => tree,
        "Lang" => Object::string_literal("vi"),
        "ViewerPreferences" => dictionary! { "DisplayDocTitle" => true },
    });
    let info = whole.add_object(dictionary! {
        "Title" => lopdf::text_string(title),
        "Creator" => lopdf::text_string("Khiên"),
    });
    whole.trailer.set("Root", catalogue);
    whole.trailer.set("Info", info);
    // What hung on the parts' own catalogues (outlines, tags) is not reached from here any more.
    whole.prune_objects();
    whole.renumber_objects();
    let mut bytes = Vec::new();
    whole
        .save_to(&mut bytes)
        .map_err(|error| PrintError::Binding {
            message: error.to_string(),
        })?;
    Ok(bytes)
}

/// Gives a page what it had from its old page tree, and the new tree as parent.
fn inherit(part: &mut Document, page: ObjectId, tree: ObjectId) -> Result<(), PrintError> {
    const INHERITED: [&[u8]; 4] = [b"Resources", b"MediaBox", b"CropBox", b"Rotate"];
    let mut from_tree: Vec<(&[u8], Object)> = Vec::new();
    let mut at = part.get_dictionary(page).ok();
    for _ in 0..TREE_DEPTH_MAX {
        let Some(node) = at else { break };
        for key in INHERITED {
            let known = from_tree.iter().any(|(known, _)| *known == key);
            if let Ok(value) = node.get(key)
                && !known
            {
                from_tree.push((key, value.clone()));
            }
        }
        at = parent(part, node);
    }
    let own = part
        .get_object_mut(page)
        .and_then(Object::as_dict_mut)
        .map_err(|error| damaged(&error))?;
    for (key, value) in from_tree {
        own.set(key, value);
    }
    // Tags belong to the part's own structure, which is left behind.
    for key in [b"StructParents".as_slice(), b"Tabs"] {
        own.remove(key);
    }
    own.set("Parent", tree);
    Ok(())
}

/// Page trees inside each other in a PDF of this program; it writes two or three.
const TREE_DEPTH_MAX: usize = 16;

fn parent<'a>(part: &'a Document, node: &Dictionary) -> Option<&'a Dictionary> {
    let id = node.get(b"Parent").and_then(Object::as_reference).ok()?;
    part.get_dictionary(id).ok()
}

fn damaged(error: &lopdf::Error) -> PrintError {
    PrintError::Binding {
        message: error.to_string(),
    }
}
