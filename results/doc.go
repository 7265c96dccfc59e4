// Package results stores finished runs on disk, and writes them as CSV tables that others read
// and that a report is made of.
//
// A store is a folder of self-describing folders, one per run. Runs may also
// be packed, many to a file. A store can be copied and merged. Any number of processes on any
// number of hosts may fill it at once, and none of them ever waits for another: there are no locks.
//
// # How a record is written
//
// A writer puts a record into a folder with a name that no other writer has: host, process
// and a random number are in it. It brings the files to the disk and renames the folder to the
// run's ID, which fails if a record is there. Whoever comes second compares, finds the same
// bytes, and withdraws. So a run may be trained any number of times at once without harm. To
// save that work, processes claim runs by leases, see [Lease]; nothing that is stored depends
// on them.
//
// # Packs
//
// [Store.Pack] moves records into few large files, each of which is written, synced, renamed and
// read back before the folder of any run in it is removed. A run that was packed or unpacked a
// moment ago is found, since its new place is there before the old one goes.
//
// # Index
//
// How the runs of a large store ended is also in an index, see [Store.Statuses]. It is derived from the
// records, and may be removed at any time. What it says of a run counts as long as the system says that
// nothing in the run's folder was changed since it was read. So it shows what was done to a file, and not what
// a disk lost by itself: whoever reads the record sees that, by its checksums.
//
// # What is asked of the file system
//
// What a [FileSystem] must do:
//
//   - Renaming a folder within runs, or to a folder below it, is atomic: at all times others see
//     the whole folder under one name.
//   - A folder is never renamed onto one that has files in it.
//   - What was written and synced before a folder was renamed is in it afterwards.
//   - Renaming a file within a folder is atomic too, and replaces a file of the new name.
//
// What it need not do:
//
//   - Show changes to other hosts at once. They may see the past for any time; if that is more
//     than half a minute, runs are trained twice.
//   - Tell the truth about errors. A renaming may be done and reported as failed, as NFS does
//     when an answer is lost.
//   - Lock files, link them, or keep the times of files. Where it has no time of the last change of a file,
//     there is no index.
//   - Have the same clock as its hosts, or hosts with the same clock.
//   - Make a file for one of two that create it at the same time. If it makes it for both, a run
//     may be trained twice.
//
// Local disks, NFS, SMB and parallel file systems do what is asked. Object stores mounted as a
// folder do not if they rename a folder file by file.
//
// # What is survived
//
//   - A process that is killed at any moment. Its finished runs stay, and [Store.Tidy] removes
//     what it had begun.
//   - A process that is stopped at any moment, and goes on at any later one. Others take its runs
//     over, and it withdraws.
//   - A machine that crashes, as far as its disk keeps what it was told to sync.
//   - A full disk, and operations that fail: the record is whole or absent.
//   - Files of a record that are changed or lost afterwards: checksums tell, and the run counts
//     as missing. So it is with packs, of which only the runs in the changed part are lost.
package results
