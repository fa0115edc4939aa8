"""What rooms say beside questions to the shop: lines that no creator's entry should be found for."""

from __future__ import annotations

_ENGLISH = """
hey everyone how is it going
what a great stream today
i just got here what did i miss
who won the match last night
what song is this
can you say hi to my mom
do you think it will rain tomorrow
my cat is sleeping on the keyboard
i bought one last week and i like it
what is your favourite movie
how long have you been streaming
where did you learn that
the audio is a bit quiet
your lighting looks really nice today
anyone from texas here
i will ask my husband first
that reminds me of my old one
how do you stay so calm
are you doing another stream on friday
is the other shop cheaper
what do you think about the new phone
can you make it cheaper for me
which one would you buy yourself
do you know a good restaurant
why is everyone leaving
how many followers do you have
what happened to your old channel
can i get a job with you
who is the girl behind you
is this live or recorded
can you turn the music down
i can't hear you
what did you just say
could you repeat that please
the last one was better in my opinion
mine arrived yesterday
my friend told me about this channel
too expensive for me
i have three of these already
looks smaller than i thought
not sure if i need it
let me think about it
"""
_CHINESE = """
大家晚上好呀
今天来晚了讲到哪了
主播今天状态真好
这首歌叫什么名字
外面下雨了吗
我刚吃完饭
你觉得哪个更好看
能不能再便宜一点
隔壁直播间更便宜
我上次买的很好用
我朋友推荐我来的
声音有点小
画面有点卡
主播是哪里人
你们招人吗
明天还播吗
有没有人一起拼单
我妈也想买一个
太贵了买不起
我再考虑考虑
这个颜色不适合我
刚刚说什么没听清
可以再讲一遍吗
你自己会买哪一个
那个人是谁
什么时候上新款
主播吃了吗
昨天的比赛谁赢了
我已经有三个了
看着比想象的小
帮我跟大家问好
怎么突然卡住了
你们老板在吗
这个是真的吗
为什么这么多人
我老公不让我买
你家猫叫什么
"""
BACKGROUND = tuple(line for line in (_ENGLISH + _CHINESE).splitlines() if line)
