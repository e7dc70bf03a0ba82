//! Tasks from a plan or directive: duties of units with their deadlines (nhiệm vụ).
