package tokenizer

// queue is a binary heap, with the first item on top. It is like container/heap, but without
// interfaces, which allocate.
type queue[T ranked[T]] []T

type ranked[T any] interface {
	// before reports whether an item comes before another.
	before(other T) bool
}

func (q *queue[T]) push(item T) {
	list := append(*q, item)
	*q = list
	for i := len(list) - 1; i > 0; {
		parent := (i - 1) / 2
		if !list[i].before(list[parent]) {
			return
		}
		list[i], list[parent] = list[parent], list[i]
		i = parent
	}
}

// pop removes the top of a queue that is not empty.
func (q *queue[T]) pop() T {
	list := *q
	top, last := list[0], len(list)-1
	list[0] = list[last]
	list = list[:last]
	*q = list
	for i := 0; ; {
		first := 2*i + 1
		if first >= last {
			return top
		}
		if second := first + 1; second < last && list[second].before(list[first]) {
			first = second
		}
		if !list[first].before(list[i]) {
			return top
		}
		list[i], list[first] = list[first], list[i]
		i = first
	}
}
