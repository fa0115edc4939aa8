"""What is said while searching, and what is said to judge: the two never share a sentence."""

from __future__ import annotations

SEARCH = {
    "en": (
        "We ship to most countries within three working days.",
        "The jacket keeps you warm and dry, even in heavy rain.",
        "You can return anything you do not like within a month.",
        "I would choose the larger size if you are between two.",
        "Thank you all for watching, it means the world to me.",
        "Her brother works at the harbour, just behind the old church.",
        "Why would anybody throw away such a good pair of shoes?",
        "The quick brown fox jumps over the lazy dog near the river.",
        "Put the blue vase on the table by the window, please.",
        "They usually measure the voltage before they join the wires.",
        "It is easy to clean: just use warm water and a soft cloth.",
        "My favourite thing about autumn is the smell of wood smoke.",
    ),
    "zh": (
        "这款外套防水又保暖，下雨天也可以穿。",
        "我们全国包邮，一般三天之内就能收到。",
        "喜欢的朋友可以点一下购物车里的链接。",
        "如果尺码不合适，七天之内可以免费退换。",
        "今天晚上的天气很好，我们出去走一走吧。",
        "他昨天在学校门口等了很久，可是没有人来。",
    ),
}
JUDGE = {
    "en": (
        "The small lamp is made of glass and ships tomorrow.",
        "Could you tell me which colours are still in stock?",
        "I have used this pan every day for several years now.",
        "Please remember that the offer ends at midnight.",
        "Our oldest customers often ask for the green one.",
        "It weighs very little, so you can carry it all day.",
        "Nobody knows how long the strange weather will last.",
        "Have a look at the link below the video, my friends.",
    ),
    "zh": (
        "这个锅我每天都在用，已经用了好几年。",
        "请问现在还有哪些颜色有货？",
        "小号的台灯是玻璃做的，明天就能发货。",
        "请大家记得，优惠今天半夜就结束了。",
    ),
}
