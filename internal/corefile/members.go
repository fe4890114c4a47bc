package corefile

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
)

// A compressed dump is a sequence of gzip members (RFC 1952, section 2.2), which any reader
// of gzip takes for one stream. They are independent of each other, so several are
// compressed and decompressed at a time, and damage to one stays in it. For readers of the head
// alone, the head is in the first one or two (see retell.go), which hold nothing else, and the
// end is in a small one (see message.go).
//
// appendIndex writes the index in a member's header, and indexIn reads it.
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

// appendIndex appends the extra field of a member: its length, and what is in it.
func appendIndex(dst []byte, length int, index partIndex) []byte {
	dst = append(append(dst, extraID...), byte(extraLength), 0)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(length))
	dst = binary.LittleEndian.AppendUint32(dst, index.count)
	return binary.LittleEndian.AppendUint64(dst, index.first)
}

// splitMembers returns the members at the start of a file that say how long they
// are, and what follows: nothing, if the file is whole and ours. If one doesn't lead to the
// next one, or none begins where one should, a member may be damaged that reaches up to where
// the next one is found. Where none is, or the first one is damaged, all is part of the rest.
func splitMembers(file []byte) (members [][]byte, rest []byte) {
	for len(file) > 0 {
		n, right := claimedLength(file)
		if right {
			members, file = append(members, possibleMember(file[:n])), file[n:]
			continue
		}
		if len(members) == 0 {
			break
		}
		next := nextMember(file)
		if next == 0 {
			break
		}
		if 0 < n && n < next && isMember(file[:n]) {
			members = append(members, file[:n], possibleMember(file[n:next]))
		} else {
			members = append(members, possibleMember(file[:next]))
		}
		file = file[next:]
	}
	return members, file
}

// isMember reports whether a member can be decompressed.
func isMember(member []byte) bool {
	if member = possibleMember(member); member == nil {
		return false
	}
	return decompressMember(new(gzip.Reader), make([]byte, claimedSize(member)), member) == nil
}

// possibleMember returns a member, nil if it certainly is none, as nothing of its size is
// written: the longest line that is one member is a message.
func possibleMember(member []byte) []byte {
	if len(member) < memberTrailer || claimedSize(member) > maxHeadLine {
		return nil
	}
	return member
}

// claimedLength returns how long the member that begins there says it is, 0 if none does that
// could be. right reports whether another one begins behind it, or the file ends.
func claimedLength(file []byte) (n int, right bool) {
	header := headerLength(file)
	if header == 0 {
		return 0, false
	}
	n = int(binary.LittleEndian.Uint32(file[memberLength:]))
	if n < header+memberTrailer {
		return 0, false
	}
	return n, n == len(file) || n < len(file) && couldBeMember(file[n:])
}

// nextMember returns where behind the start the next member begins that says rightly how long
// it is, 0 if there is none.
func nextMember(file []byte) int {
	for at := 1; ; at++ {
		i := bytes.Index(file[at:], []byte(gzipMagic))
		if i < 0 {
			return 0
		}
		at += i
		if _, right := claimedLength(file[at:]); right {
			return at
		}
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
	header := headerLength(member)
	if header == 0 {
		return partIndex{}, false
	}
	return indexIn(member[12:header])
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

// claimedSize returns what a member says about the size of what it holds; nil holds nothing.
func claimedSize(member []byte) int64 {
	if member == nil {
		return 0
	}
	return int64(binary.LittleEndian.Uint32(member[len(member)-4:]))
}
