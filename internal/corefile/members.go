package corefile

import "encoding/binary"

// A compressed dump is a sequence of gzip members (RFC 1952, section 2.2), which any reader
// of gzip takes for one stream. They are independent of each other, so several are
// compressed and decompressed at a time, and damage to one stays in it. The head is in the
// first one or two (see retell.go), which hold nothing else, for readers of the head alone.
//
// appendExtra writes what is in a member's header, and indexIn reads it.
//
// To be found without decompressing, a member has its own length in its header, in the extra
// field, which section 2.3.1.1 provides for such uses: two letters, the length of what
// follows, the member's length in four bytes. In format 2 its index follows: how many
// objects it holds, in four bytes, and the id of the first one, in eight.
const (
	extraID       = "cd"
	oldExtra      = 4
	extraLength   = oldExtra + 4 + 8
	memberLength  = 10 + 2 + len(extraID) + 2 // where in a member its length is
	oldHeader     = memberLength + oldExtra   // of format 1
	memberHeader  = memberLength + extraLength
	memberTrailer = 8 // CRC32, ISIZE
	gzipExtra     = 1 << 2
)

// appendExtra appends the extra field of a member.
func appendExtra(dst []byte, length int, index partIndex) []byte {
	dst = append(append(dst, extraID...), byte(extraLength), 0)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(length))
	dst = binary.LittleEndian.AppendUint32(dst, index.count)
	return binary.LittleEndian.AppendUint64(dst, index.first)
}

// splitMembers returns the members at the start of a file that state their length, and what
// follows: nothing, if the file is whole and ours. If something else follows a member,
// according to its length, the member is part of the rest.
func splitMembers(file []byte) (members [][]byte, rest []byte) {
	for {
		header := headerLength(file)
		if header == 0 {
			return members, file
		}
		n := uint64(binary.LittleEndian.Uint32(file[memberLength:]))
		if n < uint64(header+memberTrailer) || n > uint64(len(file)) ||
			n < uint64(len(file)) && !couldBeMember(file[n:]) {
			return members, file
		}
		members, file = append(members, file[:n]), file[n:]
	}
}

// couldBeMember reports whether a member that states its length may begin there. Even its
// header may be cut.
func couldBeMember(file []byte) bool {
	for i, b := range storedMember(nil, partIndex{})[:min(len(file), memberLength)] {
		switch i {
		case 2, 4, 5, 6, 7, 8, 9: // the method, a time, the level and the system
		case 10, 11, memberLength - 2, memberLength - 1: // the lengths in the extra field
		default:
			if b != file[i] {
				return false
			}
		}
	}
	return true
}

// headerLength returns the length of the header of the member that begins there and states
// its length, 0 if there is none. Later versions may have more in the extra field.
func headerLength(file []byte) int {
	if len(file) < oldHeader || !couldBeMember(file) {
		return 0
	}
	extra, n := int(binary.LittleEndian.Uint16(file[10:])), ownExtra(file)
	if n != oldExtra && n < extraLength || extra < len(extraID)+2+n || len(file) < 12+extra {
		return 0
	}
	return 12 + extra
}

// ownExtra returns how long the extra field of a member is after its letters.
func ownExtra(member []byte) int { return int(binary.LittleEndian.Uint16(member[memberLength-2:])) }

// indexOf returns the index of a member; ok is false if it has none.
func indexOf(member []byte) (index partIndex, ok bool) {
	return indexIn(member[12:headerLength(member)])
}

// indexIn returns the index in an extra field.
func indexIn(extra []byte) (index partIndex, ok bool) {
	const before = len(extraID) + 2
	if len(extra) < before+extraLength || string(extra[:len(extraID)]) != extraID ||
		binary.LittleEndian.Uint16(extra[len(extraID):]) < extraLength {
		return partIndex{}, false
	}
	index.count = binary.LittleEndian.Uint32(extra[before+oldExtra:])
	index.first = binary.LittleEndian.Uint64(extra[before+oldExtra+4:])
	return index, true
}

// claimedSize returns how large a member says its content is.
func claimedSize(member []byte) int64 {
	return int64(binary.LittleEndian.Uint32(member[len(member)-4:]))
}
